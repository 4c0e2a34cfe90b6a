// Binds what the device is joined to. Windows only.
#include "../device.h"

#include "bindings.h"

namespace latchkey {
namespace {

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

}  // namespace

Napi::Object DeviceBinding(Napi::Env env) {
  Napi::Object device = Napi::Object::New(env);
  device.Set("joinState", Napi::Function::New(env, GetJoinState));
  return device;
}

}  // namespace latchkey
