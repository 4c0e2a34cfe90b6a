// Binds the lock files.
#include "../file_lock.h"

#include "bindings.h"

namespace latchkey {
namespace {

bool AreStrings(const Napi::CallbackInfo& info, std::size_t count) {
  bool valid = info.Length() == count;
  std::string text;
  for (std::size_t i = 0; valid && i < count; ++i) valid = ReadText(info[i], &text);
  if (!valid) WrongArguments(info.Env());
  return valid;
}

std::string Text(const Napi::CallbackInfo& info, std::size_t index) {
  return info[index].As<Napi::String>().Utf8Value();
}

Napi::Object FileLockHandle(Napi::Env env, const std::shared_ptr<FileLock>& lock) {
  Napi::Object handle = Napi::Object::New(env);
  handle.Set("release", Napi::Function::New(env, [lock](const Napi::CallbackInfo& info) {
               return Run<Done>(
                   info.Env(), [lock] { return lock->Release(); },
                   [](Napi::Env env, Done&) { return env.Undefined(); });
             }));
  return handle;
}

Napi::Value TryAcquire(const Napi::CallbackInfo& info) {
  if (!AreStrings(info, 3)) return info.Env().Undefined();
  return Run<FileLockAttempt>(
      info.Env(),
      [path = Text(info, 0), owner = Text(info, 1), abandoned = Text(info, 2)] {
        return TryAcquireFileLock(path, owner, abandoned);
      },
      [](Napi::Env env, FileLockAttempt& attempt) -> Napi::Value {
        Napi::Object result = Napi::Object::New(env);
        if (attempt.lock) {
          result.Set("handle", FileLockHandle(env, std::move(attempt.lock)));
        } else {
          result.Set("heldBySystem", Napi::Boolean::New(env, attempt.held_by_system));
          result.Set("owner", Napi::String::New(env, attempt.owner));
          result.Set("fingerprint", Napi::String::New(env, attempt.fingerprint));
        }
        return result;
      });
}

}  // namespace

Napi::Object FileLockBinding(Napi::Env env) {
  Napi::Object file_lock = Napi::Object::New(env);
  file_lock.Set("tryAcquire", Napi::Function::New(env, TryAcquire));
  return file_lock;
}

}  // namespace latchkey
