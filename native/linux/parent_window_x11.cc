// Windows of an X server, by what ICCCM and EWMH have window managers understand. Nothing is asked of the programs that
// the windows belong to, so that one which hangs holds up nothing.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string_view>
#include <thread>

#include "../parent_window.h"
#include "../within_time.h"
#include "process_tree.h"
#include "x11_connection.h"

namespace latchkey {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLimit(2'000);
// Window managers answer within a few milliseconds, or have decided against it.
constexpr milliseconds kActivation(500);
constexpr milliseconds kBetweenLooks(20);

constexpr uint32_t kRemove = 0;
constexpr uint32_t kAdd = 1;
// EWMH's source indication "a direct action of the user": who brings a window forward here has just been dealt with.
constexpr uint32_t kUserAction = 2;

constexpr double kUsualDpi = 96;

Result<xcb::Window> ToWindow(WindowHandle handle) {
  if (handle == 0 || handle > std::numeric_limits<xcb::Window>::max()) {
    return NativeError{"INVALID_HANDLE", "xcb_get_geometry", 0, 0, "this is no X11 window"};
  }
  return static_cast<xcb::Window>(handle);
}

// Calls `work` with a connection, on a thread that is given up when the server does not answer.
template <class T>
Result<T> Connected(const char* call, std::function<Result<T>(X11Connection&)> work) {
  return WithinTime<T>(call, kLimit, [work = std::move(work)]() -> Result<T> {
    Result<std::unique_ptr<X11Connection>> opened = X11Connection::Open();
    if (!opened.ok()) return opened.error();
    return work(*opened.value());
  });
}

uint32_t ProcessOf(X11Connection& x11, xcb::Window window) {
  const std::vector<uint32_t> process = x11.Numbers(window, x11.AtomOf("_NET_WM_PID"));
  if (process.empty()) return 0;
  // A number of a process of another machine says nothing here.
  const std::string machine = x11.Text(window, xcb::kClientMachine);
  char here[256] = "";
  gethostname(here, sizeof here - 1);
  return machine.empty() || machine == here ? process[0] : 0;
}

// What a desktop with fine pixels tells its programs to draw at (the resource Xft.dpi).
double ScaleOf(X11Connection& x11) {
  const std::string resources = "\n" + x11.Text(x11.screen().root, xcb::kResourceManager);
  constexpr std::string_view kName = "\nXft.dpi:";
  const std::size_t found = resources.find(kName);
  if (found == std::string::npos) return 1;
  const double dpi = std::strtod(resources.c_str() + found + kName.size(), nullptr);
  // Infinity is a number too.
  return dpi > 0 && std::isfinite(dpi) ? dpi / kUsualDpi : 1;
}

// Whether the place that a window asks for is its own, and not that of the frame around it (ICCCM § 4.1.2.3).
bool AsksForItsOwnPlace(X11Connection& x11, xcb::Window window) {
  constexpr std::size_t kFlags = 0;
  constexpr std::size_t kGravity = 17;
  constexpr uint32_t kHasGravity = 1 << 9;
  constexpr uint32_t kStatic = 10;
  const std::vector<uint32_t> hints = x11.Numbers(window, x11.AtomOf("WM_NORMAL_HINTS"));
  return hints.size() > kGravity && (hints[kFlags] & kHasGravity) != 0 && hints[kGravity] == kStatic;
}

// Puts `window` into the middle of the parent, as far as the screen has room for the frame around it.
Result<Done> Centre(X11Connection& x11, xcb::Window window, const X11Place& child, const X11Place& parent) {
  std::vector<uint32_t> frame = x11.Numbers(window, x11.AtomOf("_NET_FRAME_EXTENTS"));
  frame.resize(4);  // left, right, top, bottom
  // Any program may have written them, and nothing on a screen is larger than its coordinates.
  for (uint32_t& side : frame) side = std::min<uint32_t>(side, std::numeric_limits<int16_t>::max());
  const bool is_own = AsksForItsOwnPlace(x11, window);
  const auto place = [is_own](int start, int size, int own, uint32_t before, uint32_t after, int screen) {
    const int whole = own + static_cast<int>(before + after);
    const int of_frame = std::max(0, std::min(start + (size - own) / 2 - static_cast<int>(before), screen - whole));
    return is_own ? of_frame + static_cast<int>(before) : of_frame;
  };
  return x11.Move(window, place(parent.x, parent.width, child.width, frame[0], frame[1], x11.screen().width),
                  place(parent.y, parent.height, child.height, frame[2], frame[3], x11.screen().height));
}

Result<Done> SetModal(X11Connection& x11, xcb::Window window, uint32_t action) {
  return x11.AskManager(window, "_NET_WM_STATE", {action, x11.AtomOf("_NET_WM_STATE_MODAL"), 0, 1, 0});
}

Result<Done> AskToActivate(X11Connection& x11, xcb::Window window) {
  return x11.AskManager(window, "_NET_ACTIVE_WINDOW", {kUserAction, 0, 0, 0, 0});
}

Result<bool> Activate(X11Connection& x11, xcb::Window handle) {
  const Result<X11Place> place = x11.Place(handle);
  if (!place.ok()) return place.error();
  if (!x11.Supports("_NET_ACTIVE_WINDOW")) return false;
  const xcb::Window window = x11.Client(handle);
  const Result<Done> asked = AskToActivate(x11, window);
  if (!asked.ok()) return asked.error();
  const auto end = std::chrono::steady_clock::now() + kActivation;
  do {
    const std::vector<uint32_t> active = x11.RootNumbers("_NET_ACTIVE_WINDOW");
    if (!active.empty() && active[0] == window) return true;
    std::this_thread::sleep_for(kBetweenLooks);
  } while (std::chrono::steady_clock::now() < end);
  return false;
}

class X11Ownership final : public WindowOwnership {
 public:
  X11Ownership(xcb::Window window, xcb::Window parent) : window_(window), parent_(parent) {}

  Result<bool> Release() override {
    return Connected<bool>("release", [window = window_, parent = parent_](X11Connection& x11) -> Result<bool> {
      // Of a window that is gone nothing is left to undo: X11 knows no parent that is switched off.
      if (x11.Place(window).ok()) SetModal(x11, window, kRemove);
      return Activate(x11, parent);
    });
  }

 private:
  const xcb::Window window_;
  const xcb::Window parent_;
};

}  // namespace

Result<WindowPlace> InspectWindow(WindowHandle handle) {
  const Result<xcb::Window> window = ToWindow(handle);
  if (!window.ok()) return window.error();
  return Connected<WindowPlace>("inspect", [handle](X11Connection& x11) -> Result<WindowPlace> {
    const auto window = static_cast<xcb::Window>(handle);
    Result<X11Place> place = x11.Place(window);
    if (!place.ok()) return place.error();
    const auto [x, y, width, height] = place.value();
    return WindowPlace{ProcessOf(x11, x11.Client(window)), x, y, width, height, ScaleOf(x11)};
  });
}

Result<std::optional<WindowHandle>> FindProcessWindow(uint32_t process_id) {
  using Found = std::optional<WindowHandle>;
  return Connected<Found>("find", [process_id](X11Connection& x11) -> Result<Found> {
    for (const xcb::Window window : x11.RootNumbers("_NET_CLIENT_LIST")) {
      const uint32_t process = ProcessOf(x11, window);
      if (process != 0 && IsProcessOrDescendant(process, process_id)) return Found(window);
    }
    return Found();
  });
}

Result<std::unique_ptr<WindowOwnership>> OwnWindow(WindowHandle window_handle, WindowHandle parent_handle) {
  using Owned = std::unique_ptr<WindowOwnership>;
  for (const WindowHandle handle : {window_handle, parent_handle}) {
    const Result<xcb::Window> window = ToWindow(handle);
    if (!window.ok()) return window.error();
  }
  return Connected<Owned>("own", [window_handle, parent_handle](X11Connection& x11) -> Result<Owned> {
    const xcb::Window window = x11.Client(static_cast<xcb::Window>(window_handle));
    const xcb::Window parent = x11.Client(static_cast<xcb::Window>(parent_handle));
    Result<X11Place> place = x11.Place(window);
    if (!place.ok()) return place.error();
    Result<X11Place> parent_place = x11.Place(parent);
    if (!parent_place.ok()) return parent_place.error();
    Result<Done> done = x11.SetWindow(window, xcb::kTransientFor, parent);
    if (done.ok()) done = SetModal(x11, window, kAdd);
    if (done.ok()) done = Centre(x11, window, place.value(), parent_place.value());
    if (done.ok()) done = AskToActivate(x11, window);
    if (!done.ok()) return done.error();
    return Owned(std::make_unique<X11Ownership>(window, parent));
  });
}

Result<bool> ActivateWindow(WindowHandle handle) {
  const Result<xcb::Window> window = ToWindow(handle);
  if (!window.ok()) return window.error();
  return Connected<bool>("activate",
                         [handle](X11Connection& x11) { return Activate(x11, static_cast<xcb::Window>(handle)); });
}

}  // namespace latchkey
