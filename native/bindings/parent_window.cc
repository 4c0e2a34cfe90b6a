// Binds the windows of the desktop.
#include "../parent_window.h"

#include <cmath>

#include "bindings.h"

namespace latchkey {
namespace {

bool ReadHandle(Napi::Value value, WindowHandle* handle) {
  if (value.IsEmpty() || !value.IsBigInt()) return false;
  bool is_lossless = false;
  *handle = value.As<Napi::BigInt>().Uint64Value(&is_lossless);
  return is_lossless;
}

Napi::Value Inspect(const Napi::CallbackInfo& info) {
  WindowHandle window;
  if (info.Length() != 1 || !ReadHandle(info[0], &window)) return WrongArguments(info.Env());
  return Run<WindowPlace>(
      info.Env(), [window] { return InspectWindow(window); },
      [](Napi::Env env, WindowPlace& place) -> Napi::Value {
        Napi::Object result = Napi::Object::New(env);
        const std::pair<const char*, double> fields[] = {{"processId", static_cast<double>(place.process_id)},
                                                         {"x", place.x},
                                                         {"y", place.y},
                                                         {"width", place.width},
                                                         {"height", place.height},
                                                         {"scale", place.scale}};
        for (const auto& [name, value] : fields) result.Set(name, Napi::Number::New(env, value));
        return result;
      },
      ThreadPool::ForDesktop());
}

Napi::Value Find(const Napi::CallbackInfo& info) {
  if (info.Length() != 1 || !info[0].IsNumber()) return WrongArguments(info.Env());
  const double number = info[0].As<Napi::Number>().DoubleValue();
  if (!(number >= 1 && number <= UINT32_MAX) || number != std::floor(number)) return WrongArguments(info.Env());
  return Run<std::optional<WindowHandle>>(
      info.Env(), [process_id = static_cast<uint32_t>(number)] { return FindProcessWindow(process_id); },
      [](Napi::Env env, std::optional<WindowHandle>& window) -> Napi::Value {
        return window ? Napi::Value(Napi::BigInt::New(env, *window)) : env.Undefined();
      },
      ThreadPool::ForDesktop());
}

Napi::Object OwnershipHandle(Napi::Env env, const std::shared_ptr<WindowOwnership>& ownership) {
  Napi::Object handle = Napi::Object::New(env);
  // What the function holds is destroyed with it, or with its environment.
  handle.Set("release", Napi::Function::New(env, [ownership](const Napi::CallbackInfo& info) {
               return Run<bool>(
                   info.Env(), [ownership] { return ownership->Release(); },
                   [](Napi::Env env, bool& is_in_front) { return Napi::Boolean::New(env, is_in_front); },
                   ThreadPool::ForDesktop());
             }));
#ifdef _WIN32
  handle.Set("releaseNow",
             Napi::Function::New(env, [ownership](const Napi::CallbackInfo&) { ownership->ReleaseNow(); }));
#endif
  return handle;
}

Napi::Value Own(const Napi::CallbackInfo& info) {
  WindowHandle window, parent;
  if (info.Length() != 2 || !ReadHandle(info[0], &window) || !ReadHandle(info[1], &parent)) {
    return WrongArguments(info.Env());
  }
  return Run<std::unique_ptr<WindowOwnership>>(
      info.Env(), [window, parent] { return OwnWindow(window, parent); },
      [](Napi::Env env, std::unique_ptr<WindowOwnership>& ownership) -> Napi::Value {
        return OwnershipHandle(env, std::move(ownership));
      },
      ThreadPool::ForDesktop());
}

Napi::Value Activate(const Napi::CallbackInfo& info) {
  WindowHandle window;
  if (info.Length() != 1 || !ReadHandle(info[0], &window)) return WrongArguments(info.Env());
  return Run<bool>(
      info.Env(), [window] { return ActivateWindow(window); },
      [](Napi::Env env, bool& is_in_front) { return Napi::Boolean::New(env, is_in_front); }, ThreadPool::ForDesktop());
}

}  // namespace

Napi::Object ParentWindowBinding(Napi::Env env) {
  Napi::Object parent_window = Napi::Object::New(env);
  parent_window.Set("inspect", Napi::Function::New(env, Inspect));
  parent_window.Set("find", Napi::Function::New(env, Find));
  parent_window.Set("own", Napi::Function::New(env, Own));
  parent_window.Set("activate", Napi::Function::New(env, Activate));
  return parent_window;
}

}  // namespace latchkey
