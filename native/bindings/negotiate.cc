// Binds the conversations that prove who the user is.
#include "../negotiate.h"

#include "../conversation.h"
#include "bindings.h"

namespace latchkey {
namespace {

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
  result.Set("output", ToBuffer(env, step.output));
  result.Set("complete", Napi::Boolean::New(env, step.complete));
  result.Set("mechanism", Napi::String::New(env, NameOf(step.mechanism)));
  result.Set("mutual", Napi::Boolean::New(env, step.mutual));
  return result;
}

Napi::Value RunStep(const Napi::CallbackInfo& info, const std::shared_ptr<Conversation>& conversation,
                    std::shared_ptr<Hold>* hold) {
  if (info.Length() != 1 || !IsBytes(info[0])) return WrongArguments(info.Env());
  Result<std::shared_ptr<Conversation::Turn>> turn = conversation->TakeTurn();
  if (!turn.ok()) return PromiseWorker::Rejected(info.Env(), turn.error());
  auto input = std::make_shared<SecretBytes>(Bytes(info[0]));
  *hold = std::make_shared<Hold>();
  // The turn ends when the promise has been settled, which is when the conversion is forgotten.
  return Run<NegotiateStep>(
      info.Env(), [conversation, input] { return conversation->Step(*input); },
      [turn = turn.value()](Napi::Env env, NegotiateStep& step) { return StepResult(env, step); },
      ThreadPool::ForServers(), *hold);
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
    return RunStep(info, conversation_, &step_);
  }
  void Close(const Napi::CallbackInfo& info) {
    if (conversation_) conversation_->Close();
    // A step that is under way ends when the server likes.
    if (step_) info.Env().GetInstanceData<Instance>()->worker->LetGo(info.Env(), *step_);
  }

  // Null in an object that somebody made with the class of another one.
  std::shared_ptr<Conversation> conversation_;
  // Of the latest step; null before the first.
  std::shared_ptr<Hold> step_;
};

// It waits for no server, and so must not stand behind those that do. Where none stands there it is done by the thread
// that will take the first step: two threads in turn took up to a quarter longer.
ThreadPool& ForOpening() {
  ThreadPool& servers = ThreadPool::ForServers();
  return servers.HasRoom() ? servers : ThreadPool::Shared();
}

Napi::Value Open(const Napi::CallbackInfo& info) {
  auto target = std::make_shared<NegotiateTarget>();
  if (info.Length() != 1 || !ReadTarget(info[0], target.get())) return WrongArguments(info.Env());
  return Run<std::unique_ptr<SecurityContext>>(
      info.Env(), [target] { return OpenSecurityContext(std::move(*target)); }, SecurityContextHandle::New,
      ForOpening());
}

Napi::Value GetCurrentUser(const Napi::CallbackInfo& info) {
  auto credentials = std::make_shared<NegotiateCredentials>();
  if (info.Length() != 1 || !ReadCredentials(info[0], credentials.get())) return WrongArguments(info.Env());
#ifdef _WIN32
  // It may be for a domain controller to say.
  ThreadPool& pool = ThreadPool::ForServers();
#else
  // Whose a keytab is may only be known once a ticket was got with it.
  ThreadPool& pool = credentials->client_keytab.empty() ? ThreadPool::Shared() : ThreadPool::ForServers();
#endif
  return Run<std::optional<std::string>>(
      info.Env(), [credentials] { return CurrentUser(*credentials); },
      [](Napi::Env env, std::optional<std::string>& user) -> Napi::Value {
        if (!user) return env.Undefined();
        return Napi::String::New(env, *user);
      },
      pool);
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

}  // namespace

Napi::Object NegotiateBinding(Napi::Env env) {
  env.GetInstanceData<Instance>()->security_context = Napi::Persistent(SecurityContextHandle::Define(env));
  Napi::Object negotiate = Napi::Object::New(env);
  negotiate.Set("open", Napi::Function::New(env, Open));
  negotiate.Set("currentUser", Napi::Function::New(env, GetCurrentUser));
  negotiate.Set("inspect", Napi::Function::New(env, Inspect));
  return negotiate;
}

}  // namespace latchkey
