// Finding the runtime of Objective-C.
#include "objc_runtime.h"

#include <dlfcn.h>

namespace latchkey::objc {
namespace {

template <class Function>
bool Find(const char* name, Function* function) {
  *function = reinterpret_cast<Function>(dlsym(RTLD_DEFAULT, name));
  return *function != nullptr;
}

}  // namespace

Result<Runtime> Runtime::Find() {
  Runtime runtime{};
  bool found = objc::Find("objc_getClass", &runtime.get_class) && objc::Find("sel_registerName", &runtime.selector) &&
               objc::Find("objc_msgSend", &runtime.send) && objc::Find("dispatch_async_f", &runtime.run_async) &&
               objc::Find("_dispatch_main_q", &runtime.main_queue) && objc::Find("NSApp", &runtime.application);
#if defined(__x86_64__)
  found = found && objc::Find("objc_msgSend_stret", &runtime.send_structure);
#endif
  if (!found || *runtime.application == nullptr) {
    return NativeError{"INVALID_HANDLE", "NSApp", 0, 0, "this process has no windows"};
  }
  return runtime;
}

}  // namespace latchkey::objc
