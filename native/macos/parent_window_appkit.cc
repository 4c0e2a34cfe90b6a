// AppKit's windows, which are those of this process: another one's cannot be had on macOS.
#include <unistd.h>

#include <cmath>

#include "../parent_window.h"
#include "main_thread.h"

namespace latchkey {
namespace {

using objc::Id;
using objc::Rect;
using objc::Runtime;

using Count = unsigned long;  // NSUInteger
using Bool = signed char;     // BOOL, on Intel

constexpr long kAbove = 1;  // NSWindowAbove
// No application nests its views so deep, and none has so many.
constexpr int kDeepestView = 64;

template <class T>
Result<T> WithWindows(std::function<Result<T>(const Runtime&)> work) {
  Result<Runtime> runtime = Runtime::Find();
  if (!runtime.ok()) return runtime.error();
  return OnMainThread<T>(runtime.value(), std::move(work));
}

template <class Visit>
bool AnyOf(const Runtime& runtime, Id array, Visit visit) {
  const Count count = array == nullptr ? 0 : runtime.Call<Count>(array, "count");
  for (Count i = 0; i < count; ++i) {
    if (visit(runtime.Call<Id>(array, "objectAtIndex:", i))) return true;
  }
  return false;
}

bool IsInView(const Runtime& runtime, Id view, Id wanted, int depth) {
  if (view == wanted) return true;
  if (view == nullptr || depth == kDeepestView) return false;
  return AnyOf(runtime, runtime.Call<Id>(view, "subviews"),
               [&](Id inner) { return IsInView(runtime, inner, wanted, depth + 1); });
}

// The window with this address, or with a view of this address. Nothing is ever asked of the object at the address
// itself, which may be anything: only objects that the application still has are looked at, and compared with it.
// Thread: main.
Result<Id> ToWindow(const Runtime& runtime, WindowHandle handle) {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): an address is what an application has of it.
  const Id wanted = reinterpret_cast<Id>(static_cast<uintptr_t>(handle));
  Id found = nullptr;
  AnyOf(runtime, runtime.Call<Id>(*runtime.application, "windows"), [&](Id window) {
    if (window != wanted && !IsInView(runtime, runtime.Call<Id>(window, "contentView"), wanted, 0)) return false;
    found = window;
    return true;
  });
  if (handle == 0 || found == nullptr) {
    return NativeError{"INVALID_HANDLE", "NSApp.windows", 0, 0, "no window of this process has it"};
  }
  return found;
}

// Thread: main.
Result<bool> Activate(const Runtime& runtime, WindowHandle handle) {
  Result<Id> window = ToWindow(runtime, handle);
  if (!window.ok()) return window.error();
  const Id nobody = nullptr;
  if (runtime.Call<Bool>(window.value(), "isMiniaturized"))
    runtime.Call<void>(window.value(), "deminiaturize:", nobody);
  runtime.Call<void>(window.value(), "makeKeyAndOrderFront:", nobody);
  runtime.Call<void>(*runtime.application, "activateIgnoringOtherApps:", Bool{1});
  return true;
}

class AppKitOwnership final : public WindowOwnership {
 public:
  AppKitOwnership(WindowHandle window, WindowHandle parent) : window_(window), parent_(parent) {}

  Result<bool> Release() override {
    return WithWindows<bool>([window = window_, parent = parent_](const Runtime& runtime) -> Result<bool> {
      Result<Id> owner = ToWindow(runtime, parent);
      if (!owner.ok()) return owner.error();
      const Result<Id> owned = ToWindow(runtime, window);
      if (Result<Id> child = owned; child.ok()) runtime.Call<void>(owner.value(), "removeChildWindow:", child.value());
      return Activate(runtime, parent);
    });
  }

 private:
  const WindowHandle window_;
  const WindowHandle parent_;
};

}  // namespace

Result<WindowPlace> InspectWindow(WindowHandle handle) {
  return WithWindows<WindowPlace>([handle](const Runtime& runtime) -> Result<WindowPlace> {
    Result<Id> window = ToWindow(runtime, handle);
    if (!window.ok()) return window.error();
    const Rect frame = runtime.FrameOf(window.value());
    // Places are counted upwards from the lower left corner of the first screen.
    const Id screens = runtime.Call<Id>(runtime.get_class("NSScreen"), "screens");
    const bool has_screen = screens != nullptr && runtime.Call<Count>(screens, "count") > 0;
    const double top = has_screen ? runtime.FrameOf(runtime.Call<Id>(screens, "objectAtIndex:", Count{0})).size.y : 0;
    const auto number = [](double value) { return static_cast<int32_t>(std::lround(value)); };
    return WindowPlace{getpid(),
                       number(frame.origin.x),
                       number(top - frame.origin.y - frame.size.y),
                       number(frame.size.x),
                       number(frame.size.y),
                       1};
  });
}

Result<std::optional<WindowHandle>> FindProcessWindow(uint32_t) {
  return NativeError{"UNAVAILABLE", "find", 0, 0, "macOS lets no program have the windows of another one"};
}

Result<std::unique_ptr<WindowOwnership>> OwnWindow(WindowHandle window, WindowHandle parent) {
  using Owned = std::unique_ptr<WindowOwnership>;
  return WithWindows<Owned>([window, parent](const Runtime& runtime) -> Result<Owned> {
    Result<Id> child = ToWindow(runtime, window);
    if (!child.ok()) return child.error();
    Result<Id> owner = ToWindow(runtime, parent);
    if (!owner.ok()) return owner.error();
    if (child.value() == owner.value()) {
      return NativeError{"INVALID_HANDLE", "addChildWindow", 0, 0, "a window cannot belong to itself"};
    }
    const Rect inner = runtime.FrameOf(child.value());
    const Rect outer = runtime.FrameOf(owner.value());
    const objc::Point corner{outer.origin.x + (outer.size.x - inner.size.x) / 2,
                             outer.origin.y + (outer.size.y - inner.size.y) / 2};
    runtime.Call<void>(child.value(), "setFrameOrigin:", corner);
    runtime.Call<void>(owner.value(), "addChildWindow:ordered:", child.value(), kAbove);
    const Result<bool> is_in_front = Activate(runtime, window);
    if (!is_in_front.ok()) return is_in_front.error();
    return Owned(std::make_unique<AppKitOwnership>(window, parent));
  });
}

Result<bool> ActivateWindow(WindowHandle handle) {
  return WithWindows<bool>([handle](const Runtime& runtime) { return Activate(runtime, handle); });
}

}  // namespace latchkey
