// What the files of this folder share: one function a capability, and reading what JavaScript hands over.
#pragma once

#include <napi.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "../promise_worker.h"
#include "../secret_bytes.h"

namespace latchkey {

// What lives as long as one Node environment.
struct Instance {
  std::shared_ptr<PromiseWorker> worker;
  // The class of conversations: NegotiateBinding's.
  Napi::FunctionReference security_context;
};

// The object of each capability.
// Thread: main.
Napi::Object FileLockBinding(Napi::Env env);
Napi::Object NegotiateBinding(Napi::Env env);
Napi::Object ParentWindowBinding(Napi::Env env);
Napi::Object SecretStoreBinding(Napi::Env env);     // not on Windows
Napi::Object DataProtectionBinding(Napi::Env env);  // Windows only
Napi::Object DeviceBinding(Napi::Env env);          // Windows only
Napi::Object DesktopBinding(Napi::Env env);         // Windows only

template <class T>
Napi::Value Run(Napi::Env env, std::function<Result<T>()> work, std::function<Napi::Value(Napi::Env, T&)> convert,
                ThreadPool& pool = ThreadPool::Shared(), std::shared_ptr<Hold> hold = nullptr) {
  return env.GetInstanceData<Instance>()->worker->Run<T>(env, std::move(work), std::move(convert), pool,
                                                         std::move(hold));
}

// TypeScript validates; this only keeps a caller's mistake from becoming undefined behaviour.
Napi::Value WrongArguments(Napi::Env env);

// A null byte would make the system see a shorter text than the one that was checked.
bool ReadText(Napi::Value value, std::string* text);
bool ReadText(Napi::Object object, const char* name, std::string* text);

bool IsBytes(Napi::Value value);
// Only of what IsBytes is true for.
SecretBytes Bytes(Napi::Value value);
Napi::Value ToBuffer(Napi::Env env, const SecretBytes& bytes);

}  // namespace latchkey
