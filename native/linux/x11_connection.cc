// Asking the X server, and through it the window manager.
#include "x11_connection.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace latchkey {
namespace {

// Replies and errors are allocated by the C library.
struct Free {
  void operator()(void* memory) const { std::free(memory); }
};
template <class T>
using Reply = std::unique_ptr<T, Free>;

constexpr int kDeepestTree = 32;
constexpr uint32_t kMostNumbers = 16'384;
// SubstructureRedirect and SubstructureNotify: the masks by which window managers hear of such requests (EWMH).
constexpr uint32_t kToManager = 1u << 20 | 1u << 19;
constexpr uint16_t kConfigureXY = 1 | 2;

// The code of an X error → NativeError.
NativeError ToNative(const char* call, const xcb::Error& error) {
  switch (error.error_code) {
    case xcb::kBadWindow:
    case xcb::kBadDrawable:
      return {"INVALID_HANDLE", call, error.error_code, 0, "the X server has no such window"};
    case xcb::kBadAccess:
      return {"DENIED", call, error.error_code, 0, "the X server denies it"};
    default:
      return {"FAILED", call, error.error_code, 0, "X error " + std::to_string(error.error_code)};
  }
}

NativeError Lost(const char* call) { return {"UNAVAILABLE", call, 0, 0, "the connection to the X server is lost"}; }

// For the answer of one request, or why there is none.
template <class T>
Result<Reply<T>> Answer(const char* call, T* reply, xcb::Error* error) {
  const Reply<xcb::Error> owned(error);
  if (error != nullptr) return ToNative(call, *error);
  if (reply == nullptr) return Lost(call);
  return Reply<T>(reply);
}

bool IsSet(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

}  // namespace

Result<std::unique_ptr<X11Connection>> X11Connection::Open() {
  if (!IsSet("DISPLAY")) {
    return NativeError{"UNAVAILABLE", "xcb_connect", 0, 0,
                       IsSet("WAYLAND_DISPLAY") ? "Wayland does not let a program have anything to do with windows of "
                                                  "another one, and there is no X server beside it"
                                                : "there is no X server: DISPLAY is not set"};
  }
  Result<const xcb::Library*> opened = xcb::Library::Open();
  if (!opened.ok()) return opened.error();
  const xcb::Library& library = *opened.value();
  int number = 0;
  // Never null: what went wrong is told by the next call.
  xcb::Connection* connection = library.connect(nullptr, &number);
  const int failure = library.has_error(connection);
  if (failure != 0) {
    library.disconnect(connection);
    return NativeError{"UNAVAILABLE", "xcb_connect", failure, 0, "the X server of DISPLAY cannot be connected to"};
  }
  xcb::ScreenIterator screens = library.roots(library.get_setup(connection));
  for (; number > 0 && screens.rem > 1; --number) library.next_screen(&screens);
  return std::unique_ptr<X11Connection>(new X11Connection(library, connection, *screens.data));
}

X11Connection::~X11Connection() { library_.disconnect(connection_); }

Result<X11Place> X11Connection::Place(xcb::Window window) {
  if (window == screen_.root) {
    return NativeError{"INVALID_HANDLE", "xcb_get_geometry", 0, 0, "the root window is nobody's"};
  }
  xcb::Error* error = nullptr;
  xcb::GeometryReply* replied =
      library_.get_geometry_reply(connection_, library_.get_geometry(connection_, window), &error);
  Result<Reply<xcb::GeometryReply>> geometry = Answer("xcb_get_geometry", replied, error);
  if (!geometry.ok()) return geometry.error();
  error = nullptr;
  xcb::CoordinatesReply* translated =
      library_.translate_reply(connection_, library_.translate(connection_, window, screen_.root, 0, 0), &error);
  // A pixmap has a geometry too, but no place.
  Result<Reply<xcb::CoordinatesReply>> corner = Answer("xcb_translate_coordinates", translated, error);
  if (!corner.ok()) return corner.error();
  return X11Place{corner.value()->x, corner.value()->y, geometry.value()->width, geometry.value()->height};
}

xcb::Window X11Connection::Client(xcb::Window window) {
  const std::vector<uint32_t> clients = RootNumbers("_NET_CLIENT_LIST");
  xcb::Window around = window;
  for (int depth = 0; depth < kDeepestTree; ++depth) {
    if (std::find(clients.begin(), clients.end(), around) != clients.end()) return around;
    xcb::Error* error = nullptr;
    xcb::TreeReply* replied = library_.query_tree_reply(connection_, library_.query_tree(connection_, around), &error);
    Result<Reply<xcb::TreeReply>> tree = Answer("xcb_query_tree", replied, error);
    if (!tree.ok() || tree.value()->parent == 0 || tree.value()->parent == screen_.root) break;
    around = tree.value()->parent;
  }
  return window;
}

xcb::Atom X11Connection::AtomOf(const char* name) {
  const auto length = static_cast<uint16_t>(std::strlen(name));
  xcb::Error* error = nullptr;
  xcb::AtomReply* replied =
      library_.intern_atom_reply(connection_, library_.intern_atom(connection_, 0, length, name), &error);
  Result<Reply<xcb::AtomReply>> reply = Answer("xcb_intern_atom", replied, error);
  return reply.ok() ? reply.value()->atom : 0;
}

std::string X11Connection::Bytes(xcb::Window window, xcb::Atom name, int format) {
  xcb::Error* error = nullptr;
  const xcb::Cookie asked = library_.get_property(connection_, 0, window, name, xcb::kAnyType, 0, kMostNumbers);
  xcb::PropertyReply* replied = library_.get_property_reply(connection_, asked, &error);
  Result<Reply<xcb::PropertyReply>> reply = Answer("xcb_get_property", replied, error);
  if (!reply.ok() || reply.value()->format != format) return "";
  const xcb::PropertyReply* property = reply.value().get();
  // libxcb computes the size from what the answer says of itself, and has looked at its length in words alone.
  const int64_t arrived = int64_t{property->length} * 4;
  const int64_t size = std::clamp<int64_t>(library_.property_size(property), 0, arrived);
  return std::string(static_cast<const char*>(library_.property_value(property)), static_cast<std::size_t>(size));
}

std::vector<uint32_t> X11Connection::Numbers(xcb::Window window, xcb::Atom name) {
  const std::string bytes = Bytes(window, name, 32);
  std::vector<uint32_t> numbers(bytes.size() / sizeof(uint32_t));
  if (!numbers.empty()) std::memcpy(numbers.data(), bytes.data(), numbers.size() * sizeof(uint32_t));
  return numbers;
}

std::string X11Connection::Text(xcb::Window window, xcb::Atom name) { return Bytes(window, name, 8); }

bool X11Connection::Supports(const char* name) {
  const std::vector<uint32_t> supported = RootNumbers("_NET_SUPPORTED");
  return std::find(supported.begin(), supported.end(), AtomOf(name)) != supported.end();
}

Result<Done> X11Connection::SetWindow(xcb::Window window, xcb::Atom name, xcb::Window value) {
  constexpr uint8_t kReplace = 0;
  return Check("xcb_change_property",
               library_.change_property(connection_, kReplace, window, name, xcb::kWindowType, 32, 1, &value));
}

Result<Done> X11Connection::Move(xcb::Window window, int x, int y) {
  const uint32_t values[] = {static_cast<uint32_t>(x), static_cast<uint32_t>(y)};
  return Check("xcb_configure_window", library_.configure(connection_, window, kConfigureXY, values));
}

Result<Done> X11Connection::AskManager(xcb::Window window, const char* what, const std::array<uint32_t, 5>& data) {
  xcb::ClientMessage message;
  message.window = window;
  message.type = AtomOf(what);
  std::copy(data.begin(), data.end(), message.data);
  return Check("xcb_send_event",
               library_.send_event(connection_, 0, screen_.root, kToManager, reinterpret_cast<const char*>(&message)));
}

Result<Done> X11Connection::Check(const char* call, xcb::Cookie cookie) {
  const Reply<xcb::Error> error(library_.check(connection_, cookie));
  if (error) return ToNative(call, *error);
  if (library_.has_error(connection_) != 0) return Lost(call);
  return Done{};
}

}  // namespace latchkey
