// Binds Windows' data protection.
#include "../data_protection.h"

#include "bindings.h"

namespace latchkey {
namespace {

using Operation = Result<SecretBytes> (*)(const SecretBytes& data, const SecretBytes& entropy);

template <Operation operation>
Napi::Value RunOperation(const Napi::CallbackInfo& info) {
  if (info.Length() != 2 || !IsBytes(info[0]) || !IsBytes(info[1])) return WrongArguments(info.Env());
  auto data = std::make_shared<SecretBytes>(Bytes(info[0]));
  auto entropy = std::make_shared<SecretBytes>(Bytes(info[1]));
  return Run<SecretBytes>(
      info.Env(), [data, entropy] { return operation(*data, *entropy); },
      [](Napi::Env env, SecretBytes& bytes) { return ToBuffer(env, bytes); });
}

}  // namespace

Napi::Object DataProtectionBinding(Napi::Env env) {
  Napi::Object data_protection = Napi::Object::New(env);
  data_protection.Set("protect", Napi::Function::New(env, RunOperation<ProtectData>));
  data_protection.Set("unprotect", Napi::Function::New(env, RunOperation<UnprotectData>));
  return data_protection;
}

}  // namespace latchkey
