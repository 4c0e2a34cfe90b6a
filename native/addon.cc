// Module initialisation: which capabilities there are; nothing else. lib/native/contract.ts is the contract.
#include "bindings/bindings.h"

namespace latchkey {
namespace {

// BOUNDARY_VERSION of lib/native/contract.ts: raise both together.
constexpr int kBoundaryVersion = 4;

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  std::shared_ptr<PromiseWorker> worker = PromiseWorker::Create(env);
  if (!worker) {
    Napi::Error::New(env, "the event loop refused a handle").ThrowAsJavaScriptException();
    return exports;
  }
  env.SetInstanceData(new Instance{std::move(worker), {}});

  exports.Set("boundaryVersion", Napi::Number::New(env, kBoundaryVersion));
  exports.Set("fileLock", FileLockBinding(env));
  exports.Set("negotiate", NegotiateBinding(env));
  exports.Set("parentWindow", ParentWindowBinding(env));
#ifdef _WIN32
  exports.Set("dataProtection", DataProtectionBinding(env));
  exports.Set("device", DeviceBinding(env));
  exports.Set("desktop", DesktopBinding(env));
#else
  exports.Set("secretStore", SecretStoreBinding(env));
#endif
  return exports;
}

}  // namespace
}  // namespace latchkey

// The macro pastes the second word into a name, so it cannot be a qualified one.
using latchkey::Init;
NODE_API_MODULE(latchkey, Init)
