// Module initialisation and argument conversion for every export; nothing else. lib/native/contract.ts is the contract.
#include <napi.h>

#include <memory>
#include <string>

#include "conversation.h"
#include "device.h"
#include "file_lock.h"
#include "negotiate.h"
#include "promise_worker.h"

namespace latchkey {
namespace {

// BOUNDARY_VERSION of lib/native/contract.ts: raise both together.
constexpr int kBoundaryVersion = 2;

// What lives as long as one Node environment.
struct Instance {
  std::shared_ptr<PromiseWorker> worker;
  Napi::FunctionReference security_context;
};

template <class T>
Napi::Value Run(Napi::Env env, std::function<Result<T>()> work, std::function<Napi::Value(Napi::Env, T&)> convert) {
  return env.GetInstanceData<Instance>()->worker->Run<T>(env, std::move(work), std::move(convert));
}

// TypeScript validates; this only keeps a caller's mistake from becoming undefined behaviour.
Napi::Value WrongArguments(Napi::Env env) {
  // Unless reading them has thrown already, as a getter may.
  if (!env.IsExceptionPending()) Napi::TypeError::New(env, "wrong arguments").ThrowAsJavaScriptException();
  return env.Undefined();
}

// A null byte would make the system see a shorter text than the one that was checked.
bool ReadText(Napi::Value value, std::string* text) {
  if (value.IsEmpty() || !value.IsString()) return false;
  *text = value.As<Napi::String>().Utf8Value();
  return text->find('\0') == std::string::npos;
}

bool ReadText(Napi::Object object, const char* name, std::string* text) { return ReadText(object.Get(name), text); }

bool IsBytes(Napi::Value value) {
  return !value.IsEmpty() && value.IsTypedArray() && value.As<Napi::TypedArray>().TypedArrayType() == napi_uint8_array;
}

SecretBytes Bytes(Napi::Value value) {
  const auto array = value.As<Napi::Uint8Array>();
  return SecretBytes(array.Data(), array.ByteLength());
}

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

bool ReadCredentials(Napi::Value value, NegotiateCredentials* credentials) {
  if (value.IsEmpty() || !value.IsObject()) return false;
  const auto object = value.As<Napi::Object>();
  if (!ReadText(object, "clientKeytab", &credentials->client_keytab) ||
      !ReadText(object, "credentialCache", &credentials->credential_cache) ||
      !ReadText(object, "principal", &credentials->principal) ||
      !ReadText(object, "username", &credentials->username) || !ReadText(object, "domain", &credentials->domain)) {
    return false;
  }
  const Napi::Value password = object.Get("password");
  if (!IsBytes(password)) return false;
  credentials->password = Bytes(password);
  return true;
}

bool ReadTarget(Napi::Value value, NegotiateTarget* target) {
  if (!value.IsObject()) return false;
  const auto object = value.As<Napi::Object>();
  if (!ReadText(object, "servicePrincipalName", &target->service_principal_name)) return false;
  const Napi::Value bindings = object.Get("channelBindings");
  if (!IsBytes(bindings)) return false;
  const auto array = bindings.As<Napi::Uint8Array>();
  target->channel_bindings.assign(array.Data(), array.Data() + array.ByteLength());
  const Napi::Value allow_ntlm = object.Get("allowNtlm");
  if (allow_ntlm.IsEmpty() || !allow_ntlm.IsBoolean()) return false;
  target->allow_ntlm = allow_ntlm.As<Napi::Boolean>();
  return ReadCredentials(object.Get("credentials"), &target->credentials);
}

const char* NameOf(Mechanism mechanism) {
  switch (mechanism) {
    case Mechanism::kKerberos:
      return "kerberos";
    case Mechanism::kNtlm:
      return "ntlm";
    default:
      return "";
  }
}

Napi::Value StepResult(Napi::Env env, const NegotiateStep& step) {
  Napi::Object result = Napi::Object::New(env);
  result.Set("output", Napi::Buffer<uint8_t>::Copy(env, step.output.data(), step.output.size()));
  result.Set("complete", Napi::Boolean::New(env, step.complete));
  result.Set("mechanism", Napi::String::New(env, NameOf(step.mechanism)));
  result.Set("mutual", Napi::Boolean::New(env, step.mutual));
  return result;
}

Napi::Value Step(const Napi::CallbackInfo& info, const std::shared_ptr<Conversation>& conversation) {
  if (info.Length() != 1 || !IsBytes(info[0])) return WrongArguments(info.Env());
  Result<std::shared_ptr<Conversation::Turn>> turn = conversation->TakeTurn();
  if (!turn.ok()) return PromiseWorker::Rejected(info.Env(), turn.error());
  auto input = std::make_shared<SecretBytes>(Bytes(info[0]));
  // The turn ends when the promise has been settled, which is when the conversion is forgotten.
  return Run<NegotiateStep>(
      info.Env(), [conversation, input] { return conversation->Step(*input); },
      [turn = turn.value()](Napi::Env env, NegotiateStep& step) { return StepResult(env, step); });
}

// Owns the conversation: when JavaScript has forgotten the object, it is closed. A class, since making two functions
// for each conversation took longer than all other conversions together.
class SecurityContextHandle final : public Napi::ObjectWrap<SecurityContextHandle> {
 public:
  static Napi::Function Define(Napi::Env env) {
    return DefineClass(env, "SecurityContext",
                       {InstanceMethod("step", &SecurityContextHandle::Step, napi_default_method),
                        InstanceMethod("close", &SecurityContextHandle::Close, napi_default_method)});
  }

  static Napi::Value New(Napi::Env env, std::unique_ptr<SecurityContext>& context) {
    Napi::Object handle = env.GetInstanceData<Instance>()->security_context.New({});
    if (env.IsExceptionPending()) return handle;
    Unwrap(handle)->conversation_ = std::make_shared<Conversation>(std::move(context));
    return handle;
  }

  explicit SecurityContextHandle(const Napi::CallbackInfo& info) : Napi::ObjectWrap<SecurityContextHandle>(info) {}

 private:
  Napi::Value Step(const Napi::CallbackInfo& info) {
    if (!conversation_) return WrongArguments(info.Env());
    return latchkey::Step(info, conversation_);
  }
  void Close(const Napi::CallbackInfo&) {
    if (conversation_) conversation_->Close();
  }

  // Null in an object that somebody made with the class of another one.
  std::shared_ptr<Conversation> conversation_;
};

Napi::Value Open(const Napi::CallbackInfo& info) {
  auto target = std::make_shared<NegotiateTarget>();
  if (info.Length() != 1 || !ReadTarget(info[0], target.get())) return WrongArguments(info.Env());
  return Run<std::unique_ptr<SecurityContext>>(
      info.Env(), [target] { return OpenSecurityContext(std::move(*target)); }, SecurityContextHandle::New);
}

Napi::Value GetCurrentUser(const Napi::CallbackInfo& info) {
  auto credentials = std::make_shared<NegotiateCredentials>();
  if (info.Length() != 1 || !ReadCredentials(info[0], credentials.get())) return WrongArguments(info.Env());
  return Run<std::optional<std::string>>(
      info.Env(), [credentials] { return CurrentUser(*credentials); },
      [](Napi::Env env, std::optional<std::string>& user) -> Napi::Value {
        if (!user) return env.Undefined();
        return Napi::String::New(env, *user);
      });
}

Napi::Value Inspect(const Napi::CallbackInfo& info) {
  auto credentials = std::make_shared<NegotiateCredentials>();
  if (info.Length() != 1 || !ReadCredentials(info[0], credentials.get())) return WrongArguments(info.Env());
  return Run<std::optional<CredentialStatus>>(
      info.Env(), [credentials] { return InspectCredentials(*credentials); },
      [](Napi::Env env, std::optional<CredentialStatus>& status) -> Napi::Value {
        if (!status) return env.Undefined();
        Napi::Object result = Napi::Object::New(env);
        result.Set("principal", Napi::String::New(env, status->principal));
        result.Set("expiresOn", Napi::Number::New(env, static_cast<double>(status->expires_on)));
        result.Set("encryptionType", Napi::Number::New(env, status->encryption_type));
        return result;
      });
}

#ifdef _WIN32
const char* NameOf(JoinKind kind) {
  switch (kind) {
    case JoinKind::kDomain:
      return "domain";
    case JoinKind::kEntra:
      return "entra";
    case JoinKind::kHybrid:
      return "hybrid";
    case JoinKind::kWorkplace:
      return "workplace";
    default:
      return "none";
  }
}

Napi::Value GetJoinState(const Napi::CallbackInfo& info) {
  return Run<JoinState>(
      info.Env(), [] { return ReadJoinState(); },
      [](Napi::Env env, JoinState& state) -> Napi::Value {
        Napi::Object result = Napi::Object::New(env);
        result.Set("kind", Napi::String::New(env, NameOf(state.kind)));
        result.Set("domain", Napi::String::New(env, state.domain));
        result.Set("tenantId", Napi::String::New(env, state.tenant_id));
        return result;
      });
}
#endif

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  std::shared_ptr<PromiseWorker> worker = PromiseWorker::Create(env);
  if (!worker) {
    Napi::Error::New(env, "the event loop refused a handle").ThrowAsJavaScriptException();
    return exports;
  }
  env.SetInstanceData(new Instance{std::move(worker), Napi::Persistent(SecurityContextHandle::Define(env))});

  exports.Set("boundaryVersion", Napi::Number::New(env, kBoundaryVersion));
  Napi::Object file_lock = Napi::Object::New(env);
  file_lock.Set("tryAcquire", Napi::Function::New(env, TryAcquire));
  exports.Set("fileLock", file_lock);
  Napi::Object negotiate = Napi::Object::New(env);
  negotiate.Set("open", Napi::Function::New(env, Open));
  negotiate.Set("currentUser", Napi::Function::New(env, GetCurrentUser));
  negotiate.Set("inspect", Napi::Function::New(env, Inspect));
  exports.Set("negotiate", negotiate);
#ifdef _WIN32
  Napi::Object device = Napi::Object::New(env);
  device.Set("joinState", Napi::Function::New(env, GetJoinState));
  exports.Set("device", device);
#endif
  return exports;
}

}  // namespace
}  // namespace latchkey

// The macro pastes the second word into a name, so it cannot be a qualified one.
using latchkey::Init;
NODE_API_MODULE(latchkey, Init)
