// Binds the system's store of secrets.
#include "../secret_store.h"

#include <algorithm>
#include <cctype>
#include <chrono>

#include "bindings.h"

namespace latchkey {
namespace {

// What every call is given besides its own.
struct Request {
  SecretItem item;
  // Counted from the call, because a request may have to wait for its turn as well.
  std::chrono::steady_clock::time_point deadline;
};

// Runs `work` with the time that is left.
template <class T, class Work>
Result<T> WithRest(const Request& request, Work work) {
  const auto rest = std::chrono::duration_cast<Timeout>(request.deadline - std::chrono::steady_clock::now());
  if (rest.count() <= 0) {
    return NativeError{"TIMEOUT", "queue", 0, 0, "other calls of the secret store took all the time"};
  }
  return work(rest);
}

bool ReadAttributes(Napi::Value value, std::map<std::string, std::string>* attributes) {
  if (value.IsEmpty() || !value.IsObject()) return false;
  const auto object = value.As<Napi::Object>();
  const Napi::Array names = object.GetPropertyNames();
  if (names.IsEmpty() || names.Length() > kMaxSecretAttributes) return false;
  for (uint32_t i = 0; i < names.Length(); ++i) {
    std::string name, text;
    if (!ReadText(names.Get(i), &name) || !ReadText(object, name.c_str(), &text)) return false;
    attributes->emplace(std::move(name), std::move(text));
  }
  return true;
}

// It becomes a part of a path of D-Bus, and libsecret never answers when that is none.
bool IsAlias(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char character) {
    return character == '_' || (character < 0x80 && std::isalnum(character) != 0);
  });
}

bool ReadItem(Napi::Value value, SecretItem* item) {
  if (!value.IsObject()) return false;
  const auto object = value.As<Napi::Object>();
  if (!ReadText(object, "service", &item->service) || !ReadText(object, "account", &item->account) ||
      !ReadText(object, "schema", &item->schema) || !ReadText(object, "collection", &item->collection) ||
      !ReadText(object, "contentType", &item->content_type) ||
      !ReadAttributes(object.Get("attributes"), &item->attributes)) {
    return false;
  }
  const Napi::Value match_schema = object.Get("matchSchema");
  if (match_schema.IsEmpty() || !match_schema.IsBoolean()) return false;
  item->match_schema = match_schema.As<Napi::Boolean>();
  return IsAlias(item->collection) && (item->match_schema || !item->attributes.empty());
}

bool ReadDeadline(Napi::Value value, std::chrono::steady_clock::time_point* deadline) {
  if (!value.IsNumber()) return false;
  const double milliseconds = value.As<Napi::Number>();
  if (!(milliseconds >= 0 && milliseconds <= UINT32_MAX)) return false;
  *deadline = std::chrono::steady_clock::now() + Timeout(static_cast<int64_t>(milliseconds));
  return true;
}

// The item comes first and the time last. Null for wrong arguments.
std::shared_ptr<Request> ReadRequest(const Napi::CallbackInfo& info, std::size_t count) {
  auto request = std::make_shared<Request>();
  if (info.Length() != count || !ReadItem(info[0], &request->item) ||
      !ReadDeadline(info[count - 1], &request->deadline)) {
    return nullptr;
  }
  return request;
}

// A call may wait for a dialog or a provider, so it is not for the threads that anything else is done on.
Napi::Value Get(const Napi::CallbackInfo& info) {
  auto request = ReadRequest(info, 2);
  if (!request) return WrongArguments(info.Env());
  return Run<std::optional<SecretBytes>>(
      info.Env(),
      [request] {
        return WithRest<std::optional<SecretBytes>>(*request,
                                                    [&](Timeout rest) { return GetSecret(request->item, rest); });
      },
      [](Napi::Env env, std::optional<SecretBytes>& secret) -> Napi::Value {
        if (!secret) return env.Undefined();
        return ToBuffer(env, *secret);
      },
      ThreadPool::ForSecrets());
}

Napi::Value Set(const Napi::CallbackInfo& info) {
  auto request = ReadRequest(info, 4);
  std::string label;
  if (!request || !IsBytes(info[1]) || !ReadText(info[2], &label)) return WrongArguments(info.Env());
  auto secret = std::make_shared<SecretBytes>(Bytes(info[1]));
  return Run<Done>(
      info.Env(),
      [request, secret, label] {
        return WithRest<Done>(*request, [&](Timeout rest) { return SetSecret(request->item, *secret, label, rest); });
      },
      [](Napi::Env env, Done&) { return env.Undefined(); }, ThreadPool::ForSecrets());
}

Napi::Value Delete(const Napi::CallbackInfo& info) {
  auto request = ReadRequest(info, 2);
  if (!request) return WrongArguments(info.Env());
  return Run<bool>(
      info.Env(),
      [request] { return WithRest<bool>(*request, [&](Timeout rest) { return DeleteSecret(request->item, rest); }); },
      [](Napi::Env env, bool& deleted) { return Napi::Boolean::New(env, deleted); }, ThreadPool::ForSecrets());
}

}  // namespace

Napi::Object SecretStoreBinding(Napi::Env env) {
  Napi::Object secret_store = Napi::Object::New(env);
  secret_store.Set("get", Napi::Function::New(env, Get));
  secret_store.Set("set", Napi::Function::New(env, Set));
  secret_store.Set("delete", Napi::Function::New(env, Delete));
  return secret_store;
}

}  // namespace latchkey
