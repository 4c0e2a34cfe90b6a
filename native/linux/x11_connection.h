// A connection of our own to the X server, for one piece of work: properties, places, and requests to the window
// manager.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "xcb_library.h"

namespace latchkey {

struct X11Place {
  int x, y, width, height;  // within the root window
};

// Owns: the connection. Blocks for as long as the server does not answer, so run it WithinTime.
// Thread: one at a time.
class X11Connection {
 public:
  // @errors UNAVAILABLE when there is no X server, or no libxcb
  static Result<std::unique_ptr<X11Connection>> Open();
  ~X11Connection();

  const xcb::Screen& screen() const { return screen_; }

  // @errors INVALID_HANDLE when there is no such window, or it is the root
  Result<X11Place> Place(xcb::Window window);
  // The window that the window manager has in a frame: that one or one around it, or itself without a window manager.
  xcb::Window Client(xcb::Window window);

  xcb::Atom AtomOf(const char* name);
  // Numbers of 32 bits, or bytes; empty when the window or the property is not there.
  std::vector<uint32_t> Numbers(xcb::Window window, xcb::Atom name);
  std::string Text(xcb::Window window, xcb::Atom name);
  std::vector<uint32_t> RootNumbers(const char* name) { return Numbers(screen_.root, AtomOf(name)); }
  // Does the window manager know of what EWMH calls `name`?
  bool Supports(const char* name);

  // @errors INVALID_HANDLE, DENIED, FAILED
  Result<Done> SetWindow(xcb::Window window, xcb::Atom name, xcb::Window value);
  Result<Done> Move(xcb::Window window, int x, int y);
  Result<Done> AskManager(xcb::Window window, const char* what, const std::array<uint32_t, 5>& data);

 private:
  X11Connection(const xcb::Library& library, xcb::Connection* connection, const xcb::Screen& screen)
      : library_(library), connection_(connection), screen_(screen) {}

  Result<Done> Check(const char* call, xcb::Cookie cookie);
  std::string Bytes(xcb::Window window, xcb::Atom name, int format);

  const xcb::Library& library_;
  xcb::Connection* const connection_;
  const xcb::Screen screen_;
};

}  // namespace latchkey
