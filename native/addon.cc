// Module initialisation and argument conversion for every export; nothing else. lib/native/contract.ts is the contract.
#include <napi.h>

#include <memory>
#include <string>

#include "file_lock.h"
#include "promise_worker.h"

namespace latchkey {
namespace {

// BOUNDARY_VERSION of lib/native/contract.ts: raise both together.
constexpr int kBoundaryVersion = 1;

// What lives as long as one Node environment.
struct Instance {
  std::shared_ptr<PromiseWorker> worker;
};

template <class T>
Napi::Value Run(Napi::Env env, std::function<Result<T>()> work, std::function<Napi::Value(Napi::Env, T&)> convert) {
  return env.GetInstanceData<Instance>()->worker->Run<T>(env, std::move(work), std::move(convert));
}

// TypeScript validates; this only keeps a caller's mistake from becoming undefined behaviour. A null byte would make
// the system see a shorter path than the one that was checked.
bool AreStrings(const Napi::CallbackInfo& info, std::size_t count) {
  bool valid = info.Length() == count;
  for (std::size_t i = 0; valid && i < count; ++i) {
    valid = info[i].IsString() && info[i].As<Napi::String>().Utf8Value().find('\0') == std::string::npos;
  }
  if (!valid) Napi::TypeError::New(info.Env(), "wrong arguments").ThrowAsJavaScriptException();
  return valid;
}

std::string Text(const Napi::CallbackInfo& info, std::size_t index) {
  return info[index].As<Napi::String>().Utf8Value();
}

Napi::Object FileLockHandle(Napi::Env env, std::shared_ptr<FileLock> lock) {
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

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  std::shared_ptr<PromiseWorker> worker = PromiseWorker::Create(env);
  if (!worker) {
    Napi::Error::New(env, "the event loop refused a handle").ThrowAsJavaScriptException();
    return exports;
  }
  env.SetInstanceData(new Instance{std::move(worker)});

  exports.Set("boundaryVersion", Napi::Number::New(env, kBoundaryVersion));
  Napi::Object file_lock = Napi::Object::New(env);
  file_lock.Set("tryAcquire", Napi::Function::New(env, TryAcquire));
  exports.Set("fileLock", file_lock);
  return exports;
}

}  // namespace
}  // namespace latchkey

// The macro pastes the second word into a name, so it cannot be a qualified one.
using latchkey::Init;
NODE_API_MODULE(latchkey, Init)
