// Windows' windows. A message that is sent waits for the program of a window, so that none is, but for one with a
// limit.
#include <windows.h>

#include <algorithm>
#include <set>

#include "../parent_window.h"
#include "../within_time.h"
#include "errors_windows.h"
#include "modal_parent_windows.h"
#include "process_windows.h"

namespace latchkey {
namespace {

constexpr std::chrono::milliseconds kLimit(2'000);
constexpr UINT kLongestAnswer = 200;  // milliseconds
constexpr double kUsualDpi = 96;

// Sees places as they are, in pixels, although node.exe has not said that it knows of displays with fine ones.
class InPixels {
 public:
  InPixels() : before_(SetThreadDpiAwarenessContext(DPI_AWARENESS_CONTEXT_PER_MONITOR_AWARE)) {}
  ~InPixels() {
    if (before_ != nullptr) SetThreadDpiAwarenessContext(before_);
  }

 private:
  const DPI_AWARENESS_CONTEXT before_;
};

NativeError Invalid(const char* what) { return {"INVALID_HANDLE", "IsWindow", ERROR_INVALID_WINDOW_HANDLE, 0, what}; }

// The window with a frame that the handle, which may be of a control in it, belongs to.
Result<HWND> ToWindow(WindowHandle handle) {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): a handle is a number
  const HWND window = reinterpret_cast<HWND>(static_cast<uintptr_t>(handle));
  if (handle == 0 || !IsWindow(window)) return Invalid("there is no such window");
  // Several numbers may find one window; all but its own are somebody's mistake.
  const HWND top = GetAncestor(window, GA_ROOT);
  if (top == nullptr || window == GetDesktopWindow()) return Invalid("the desktop is nobody's window");
  return top;
}

DWORD ProcessOf(HWND window) {
  DWORD process_id = 0;
  GetWindowThreadProcessId(window, &process_id);
  return process_id;
}

bool IsAnswering(HWND window) {
  DWORD_PTR answer;
  return SendMessageTimeoutW(window, WM_NULL, 0, 0, SMTO_ABORTIFHUNG | SMTO_BLOCK, kLongestAnswer, &answer) != 0;
}

// Puts the window into the middle of its parent, as far as the display reaches.
void Centre(HWND window, HWND parent) {
  RECT own, around;
  MONITORINFO monitor{};
  monitor.cbSize = sizeof monitor;
  if (IsIconic(parent) || !GetWindowRect(window, &own) || !GetWindowRect(parent, &around) ||
      !GetMonitorInfoW(MonitorFromWindow(parent, MONITOR_DEFAULTTONEAREST), &monitor)) {
    return;
  }
  const auto place = [](LONG start, LONG end, LONG size, LONG lowest, LONG highest) {
    return std::max(lowest, std::min(start + (end - start - size) / 2, highest - size));
  };
  const RECT& work = monitor.rcWork;
  const LONG x = place(around.left, around.right, own.right - own.left, work.left, work.right);
  const LONG y = place(around.top, around.bottom, own.bottom - own.top, work.top, work.bottom);
  SetWindowPos(window, HWND_TOP, x, y, 0, 0, SWP_NOSIZE | SWP_ASYNCWINDOWPOS);
}

// May wait for the program of the window, so run it WithinTime.
Result<bool> BringToFront(HWND window) {
  if (!IsWindow(window)) return Invalid("the window is gone");
  if (IsIconic(window)) ShowWindowAsync(window, SW_RESTORE);
  AllowSetForegroundWindow(ProcessOf(window));
  return SetForegroundWindow(window) != FALSE;
}

Result<bool> Activate(HWND window) {
  Result<bool> is_in_front =
      WithinTime<bool>("SetForegroundWindow", kLimit, [window]() -> Result<bool> { return BringToFront(window); });
  // The window system answers; it is the program that does not.
  if (!is_in_front.ok() && std::string(is_in_front.error().code) == "TIMEOUT") return false;
  return is_in_front;
}

class WindowsOwnership final : public WindowOwnership {
 public:
  WindowsOwnership(HWND parent, std::unique_ptr<ModalParent> modal) : parent_(parent), modal_(std::move(modal)) {}

  void ReleaseNow() override {
    if (modal_) modal_->End();
  }

  Result<bool> Release() override {
    ReleaseNow();
    return Activate(parent_);
  }

 private:
  const HWND parent_;
  const std::unique_ptr<ModalParent> modal_;
};

struct Search {
  std::set<uint32_t> processes;
  HWND found = nullptr;
};

BOOL CALLBACK Look(HWND window, LPARAM parameter) {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): Windows hands pointers on as numbers
  auto* search = reinterpret_cast<Search*>(parameter);
  const bool is_main = IsWindowVisible(window) && GetWindow(window, GW_OWNER) == nullptr &&
                       (GetWindowLongPtrW(window, GWL_EXSTYLE) & WS_EX_TOOLWINDOW) == 0;
  if (!is_main || search->processes.count(ProcessOf(window)) == 0) return TRUE;
  search->found = window;
  return FALSE;
}

}  // namespace

Result<WindowPlace> InspectWindow(WindowHandle handle) {
  const InPixels pixels;
  Result<HWND> window = ToWindow(handle);
  if (!window.ok()) return window.error();
  RECT place;
  if (!GetWindowRect(window.value(), &place)) return Invalid("the window is gone");
  const UINT dpi = GetDpiForWindow(window.value());
  return WindowPlace{
      ProcessOf(window.value()),     place.left, place.top, place.right - place.left, place.bottom - place.top,
      dpi == 0 ? 1 : dpi / kUsualDpi};
}

Result<std::optional<WindowHandle>> FindProcessWindow(uint32_t process_id) {
  Search search{ProcessAndDescendants(process_id)};
  EnumWindows(Look, reinterpret_cast<LPARAM>(&search));
  if (search.found == nullptr) return std::optional<WindowHandle>();
  return std::optional<WindowHandle>(reinterpret_cast<uintptr_t>(search.found));
}

Result<std::unique_ptr<WindowOwnership>> OwnWindow(WindowHandle window_handle, WindowHandle parent_handle) {
  const InPixels pixels;
  Result<HWND> window = ToWindow(window_handle);
  if (!window.ok()) return window.error();
  Result<HWND> parent = ToWindow(parent_handle);
  if (!parent.ok()) return parent.error();
  if (window.value() == parent.value()) return Invalid("a window cannot belong to itself");
  // Windows of one family share their input: a program that hangs would take that of the sign-in with it.
  if (!IsAnswering(parent.value())) {
    return NativeError{"TIMEOUT", "SendMessageTimeoutW", 0, 0, "the program of the parent window does not answer"};
  }
  SetLastError(0);
  SetWindowLongPtrW(window.value(), GWLP_HWNDPARENT, reinterpret_cast<LONG_PTR>(parent.value()));
  // What it returns, the owner before, may be null without any error.
  const DWORD error = GetLastError();
  if (GetWindow(window.value(), GW_OWNER) != parent.value()) return WindowsError("SetWindowLongPtrW", error);
  Centre(window.value(), parent.value());
  std::unique_ptr<ModalParent> modal = ModalParent::Begin(window.value(), parent.value());
  Activate(window.value());
  return std::unique_ptr<WindowOwnership>(std::make_unique<WindowsOwnership>(parent.value(), std::move(modal)));
}

Result<bool> ActivateWindow(WindowHandle handle) {
  Result<HWND> window = ToWindow(handle);
  if (!window.ok()) return window.error();
  return Activate(window.value());
}

}  // namespace latchkey
