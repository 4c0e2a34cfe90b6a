// Windows of the desktop, seen from outside: whose they are, which one belongs to which, and which one is in front.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "result.h"

namespace latchkey {

// An HWND, an X11 window, or the address of an NSView or NSWindow.
using WindowHandle = uint64_t;

struct WindowPlace {
  int64_t process_id = 0;  // 0: not known
  // From the upper left corner of the desktop, in the units that the system places windows in.
  int32_t x = 0;
  int32_t y = 0;
  int32_t width = 0;
  int32_t height = 0;
  double scale = 1;  // how many of those units a program's own pixel has
};

// That one window belongs to another.
// Owns: that the parent takes no input, which its end takes back without waiting for anybody.
class WindowOwnership {
 public:
  virtual ~WindowOwnership() = default;
  // The parent takes input again and comes to the front; false when the system did not let it. The window still belongs
  // to it, so that the system turns to the parent once that window is closed. Calling it again changes nothing.
  // Thread: any.
  virtual Result<bool> Release() = 0;
  // Only the first half of it; nothing to do where a parent is never switched off. For the end of the process.
  // Thread: any.
  virtual void ReleaseNow() {}
};

// No call waits for what the program of a window does: a limit of a few seconds ends what the window system itself does
// not answer.

// @errors INVALID_HANDLE when there is no such window, UNAVAILABLE without a window system, TIMEOUT, FAILED
// Thread: pool.
Result<WindowPlace> InspectWindow(WindowHandle window);

// The first window of a process or of one that it has started; no value while there is none.
// @errors those of InspectWindow
// Thread: pool.
Result<std::optional<WindowHandle>> FindProcessWindow(uint32_t process_id);

// Makes `window` belong to `parent`: above it, in front, in the middle of it, and the only one that takes input.
// @errors those of InspectWindow; TIMEOUT also while the program of the parent does not answer; DENIED
// Thread: pool.
Result<std::unique_ptr<WindowOwnership>> OwnWindow(WindowHandle window, WindowHandle parent);

// Brings a window to the front. False when the system did not let it.
// @errors those of InspectWindow
// Thread: pool.
Result<bool> ActivateWindow(WindowHandle window);

}  // namespace latchkey
