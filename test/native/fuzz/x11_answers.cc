// Windows of an X server whose answers are made up: other programs may write anything into what it tells about theirs.
#include <fuzzer/FuzzedDataProvider.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <string>

#include "../../../native/linux/xcb_library.h"
#include "../../../native/parent_window.h"
#include "expect.h"

using namespace latchkey;

namespace {

// Used by one thread at a time, but by another one for each call.
FuzzedDataProvider* input;
int connections = 0;

xcb::Screen screen{};
// Chosen first, since so much is asked before them that little input is left.
std::string frame, hints;
const xcb::Atom kActiveWindow = 1'000;
std::map<std::string, xcb::Atom> atoms;

// An answer of the server is allocated by the C library; none may be missing.
template <class Reply>
Reply* Answer(xcb::Error** error) {
  const uint8_t kind = input->ConsumeIntegral<uint8_t>();
  // Zero, which is what an input that is used up gives, is an answer.
  if (kind > 248) {
    if (kind > 252) return nullptr;
    *error = static_cast<xcb::Error*>(std::calloc(1, sizeof(xcb::Error)));
    (*error)->error_code = input->ConsumeIntegral<uint8_t>();
    return nullptr;
  }
  auto* reply = static_cast<Reply*>(std::calloc(1, sizeof(Reply)));
  input->ConsumeData(reply, sizeof(Reply));
  return reply;
}

xcb::Connection* Connect(const char*, int* number) {
  *number = input->ConsumeIntegralInRange(0, 3);
  ++connections;
  return reinterpret_cast<xcb::Connection*>(&screen);
}
int HasError(xcb::Connection*) { return input->ConsumeIntegral<uint8_t>() > 252 ? 1 : 0; }
void Disconnect(xcb::Connection*) { --connections; }
const xcb::Setup* GetSetup(xcb::Connection*) { return nullptr; }
xcb::ScreenIterator Roots(const xcb::Setup*) { return {&screen, 1, 0}; }
void NextScreen(xcb::ScreenIterator*) { Expect(false); }

xcb::Cookie InternAtom(xcb::Connection*, uint8_t, uint16_t length, const char* name) {
  const std::string text(name, length);
  // Waiting until a window is active would only take time.
  if (text == "_NET_ACTIVE_WINDOW") return {kActiveWindow};
  return {atoms.emplace(text, static_cast<xcb::Atom>(100 + atoms.size())).first->second};
}
xcb::AtomReply* InternAtomReply(xcb::Connection*, xcb::Cookie asked, xcb::Error** error) {
  xcb::AtomReply* reply = Answer<xcb::AtomReply>(error);
  if (reply != nullptr) reply->atom = asked.sequence;
  return reply;
}

xcb::Cookie GetProperty(xcb::Connection*, uint8_t, xcb::Window, xcb::Atom name, xcb::Atom, uint32_t, uint32_t) {
  return {name};
}
xcb::PropertyReply* GetPropertyReply(xcb::Connection*, xcb::Cookie asked, xcb::Error** error) {
  std::unique_ptr<xcb::PropertyReply, decltype(&std::free)> head(Answer<xcb::PropertyReply>(error), std::free);
  if (!head) return nullptr;
  // What is read most often is in the form that it should have.
  const bool is_frame = atoms["_NET_FRAME_EXTENTS"] == asked.sequence;
  const bool is_hints = atoms["WM_NORMAL_HINTS"] == asked.sequence;
  const bool is_text = asked.sequence == xcb::kResourceManager || asked.sequence == xcb::kClientMachine;
  std::string value = is_frame ? frame : is_hints ? hints : input->ConsumeRandomLengthString(256);
  value.resize(value.size() / 4 * 4);
  auto* reply = static_cast<xcb::PropertyReply*>(std::malloc(sizeof(xcb::PropertyReply) + value.size()));
  *reply = *head;
  // libxcb has seen to it that `length` is what has arrived, and to nothing else.
  reply->length = static_cast<uint32_t>(value.size() / 4);
  std::memcpy(reply + 1, value.data(), value.size());
  if (is_text) reply->format = 8;
  if (is_frame || is_hints || (!is_text && !input->ConsumeBool())) reply->format = 32;
  if (input->ConsumeIntegral<uint8_t>() < 248 && reply->format >= 8) {
    reply->value_length = reply->length * 4 / (reply->format / 8);
  }
  return reply;
}
void* PropertyValue(const xcb::PropertyReply* reply) { return const_cast<xcb::PropertyReply*>(reply + 1); }
// As libxcb has it.
int PropertySize(const xcb::PropertyReply* reply) {
  return static_cast<int>(reply->value_length * (reply->format / 8u));
}

xcb::Cookie GetGeometry(xcb::Connection*, xcb::Window) { return {}; }
xcb::GeometryReply* GetGeometryReply(xcb::Connection*, xcb::Cookie, xcb::Error** error) {
  return Answer<xcb::GeometryReply>(error);
}
xcb::Cookie Translate(xcb::Connection*, xcb::Window, xcb::Window, int16_t, int16_t) { return {}; }
xcb::CoordinatesReply* TranslateReply(xcb::Connection*, xcb::Cookie, xcb::Error** error) {
  return Answer<xcb::CoordinatesReply>(error);
}
xcb::Cookie QueryTree(xcb::Connection*, xcb::Window) { return {}; }
xcb::TreeReply* QueryTreeReply(xcb::Connection*, xcb::Cookie, xcb::Error** error) {
  return Answer<xcb::TreeReply>(error);
}
xcb::Cookie ChangeProperty(xcb::Connection*, uint8_t, xcb::Window, xcb::Atom, xcb::Atom, uint8_t, uint32_t,
                           const void*) {
  return {};
}
xcb::Cookie Configure(xcb::Connection*, xcb::Window, uint16_t, const uint32_t* values) {
  // Within the screen, or in its corner if it does not fit.
  Expect(values[0] < 65'536 && values[1] < 65'536);
  return {};
}
xcb::Cookie SendEvent(xcb::Connection*, uint8_t, xcb::Window, uint32_t, const char*) { return {}; }
xcb::Error* Check(xcb::Connection*, xcb::Cookie) {
  xcb::Error* error = nullptr;
  std::free(Answer<xcb::TreeReply>(&error));
  return error;
}

const xcb::Library kLibrary = {Connect,        HasError,     Disconnect,      GetSetup,         Roots,
                               NextScreen,     InternAtom,   InternAtomReply, GetProperty,      GetPropertyReply,
                               PropertyValue,  PropertySize, GetGeometry,     GetGeometryReply, Translate,
                               TranslateReply, QueryTree,    QueryTreeReply,  ChangeProperty,   Configure,
                               SendEvent,      Check};

void Inspect(WindowHandle window) {
  Result<WindowPlace> place = InspectWindow(window);
  if (!place.ok()) return;
  Expect(window != 0 && window <= UINT32_MAX);
  Expect(std::isfinite(place.value().scale) && place.value().scale > 0);
}

void Own(WindowHandle window, WindowHandle parent) {
  Result<std::unique_ptr<WindowOwnership>> owned = OwnWindow(window, parent);
  if (owned.ok()) owned.value()->Release();
}

}  // namespace

// In place of the one that opens the system's libxcb.
Result<const xcb::Library*> xcb::Library::Open() { return &kLibrary; }

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  setenv("DISPLAY", ":fuzz", 1);
  FuzzedDataProvider provider(data, size);
  input = &provider;
  screen.root = 1;
  frame = input->ConsumeBytesAsString(16);
  hints = input->ConsumeBytesAsString(4 * input->ConsumeIntegralInRange<std::size_t>(0, 20));
  screen.width = input->ConsumeIntegral<uint16_t>();
  screen.height = input->ConsumeIntegral<uint16_t>();
  const WindowHandle window = input->ConsumeBool() ? input->ConsumeIntegral<WindowHandle>() : 7;
  const WindowHandle parent = input->ConsumeBool() ? input->ConsumeIntegral<WindowHandle>() : 8;
  for (int calls = 0; calls < 3; ++calls) {
    switch (input->ConsumeIntegralInRange(0, 3)) {
      case 0:
        Own(window, parent);
        break;
      case 1:
        Inspect(window);
        break;
      case 2:
        FindProcessWindow(1);
        break;
      default:
        ActivateWindow(parent);
    }
  }
  Expect(connections == 0);
  return 0;
}
