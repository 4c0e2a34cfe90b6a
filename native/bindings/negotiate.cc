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

// The functions own the conversation: when JavaScript has forgotten all of them, it is closed.
Napi::Value SecurityContextHandle(Napi::Env env, std::unique_ptr<SecurityContext>& context) {
  auto conversation = std::make_shared<Conversation>(std::move(context));
  Napi::Object handle = Napi::Object::New(env);
  handle.Set("step", Napi::Function::New(
                         env, [conversation](const Napi::CallbackInfo& info) { return Step(info, conversation); }));
  handle.Set("close", Napi::Function::New(env, [conversation](const Napi::CallbackInfo&) { conversation->Close(); }));
  return handle;
}

Napi::Value Open(const Napi::CallbackInfo& info) {
  auto target = std::make_shared<NegotiateTarget>();
  if (info.Length() != 1 || !ReadTarget(info[0], target.get())) return WrongArguments(info.Env());
  return Run<std::unique_ptr<SecurityContext>>(
      info.Env(), [target] { return OpenSecurityContext(std::move(*target)); }, SecurityContextHandle);
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

}  // namespace

Napi::Object NegotiateBinding(Napi::Env env) {
  Napi::Object negotiate = Napi::Object::New(env);
  negotiate.Set("open", Napi::Function::New(env, Open));
  negotiate.Set("currentUser", Napi::Function::New(env, GetCurrentUser));
  negotiate.Set("inspect", Napi::Function::New(env, Inspect));
  return negotiate;
}

}  // namespace latchkey
