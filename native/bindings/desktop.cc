// Binds what the desktop does for programs. Windows only.
#include "../desktop.h"

#include "bindings.h"

namespace latchkey {
namespace {

Napi::Value OpenUrlBinding(const Napi::CallbackInfo& info) {
  std::string url;
  if (info.Length() != 1 || !ReadText(info[0], &url)) return WrongArguments(info.Env());
  return Run<Done>(
      info.Env(), [url] { return OpenUrl(url); }, [](Napi::Env env, Done&) { return env.Undefined(); },
      ThreadPool::ForDesktop());
}

}  // namespace

Napi::Object DesktopBinding(Napi::Env env) {
  Napi::Object desktop = Napi::Object::New(env);
  desktop.Set("openUrl", Napi::Function::New(env, OpenUrlBinding));
  return desktop;
}

}  // namespace latchkey
