// The part of the Objective-C runtime, AppKit and libdispatch that we use, found in what the process has loaded
// already. Their types are declared here, since there are no headers of Apple's where this is built.
#pragma once

#include <cstdint>

#include "../result.h"

namespace latchkey::objc {

using Id = void*;        // id, and Class
using Selector = void*;  // SEL

struct Point {
  double x, y;  // CGFloat
};
struct Rect {
  Point origin;
  Point size;
};

struct Runtime {
  Id (*get_class)(const char* name);
  Selector (*selector)(const char* name);
  // objc_msgSend, and on Intel the one for structures that are returned in memory; of no type of their own.
  void (*send)();
  void (*send_structure)();
  // dispatch_async_f and the main queue
  void (*run_async)(void* queue, void* context, void (*work)(void*));
  void* main_queue;
  // A variable: the application, null before there is one.
  Id* application;

  // Finds them; loads nothing, since a process without AppKit has no window.
  // @errors INVALID_HANDLE
  // Thread: any.
  static Result<Runtime> Find();

  // Calls a method.
  template <class Returned, class... Arguments>
  Returned Call(Id object, const char* method, Arguments... arguments) const {
    return reinterpret_cast<Returned (*)(Id, Selector, Arguments...)>(send)(object, selector(method), arguments...);
  }
  Rect FrameOf(Id object) const {
#if defined(__x86_64__)
    return reinterpret_cast<Rect (*)(Id, Selector)>(send_structure)(object, selector("frame"));
#else
    return reinterpret_cast<Rect (*)(Id, Selector)>(send)(object, selector("frame"));
#endif
  }
};

}  // namespace latchkey::objc
