// Finds Node in whatever program loaded us, as delay_load_hook.cc does, for a compiler whose tools cannot make a
// library of functions that are looked up late: windows/arm64 by zig.
#include <windows.h>

#include <cstdlib>

namespace {

// What Node's headers declare as imported is called through a pointer with this prefix, which a loader would fill in.
#define NODE_API(NAME) extern "C" void* __imp_##NAME;
#include "node_api_functions.inc"
#undef NODE_API

struct Function {
  const char* name;
  void** pointer;
};

constexpr Function kFunctions[] = {
#define NODE_API(NAME) {#NAME, &__imp_##NAME},
#include "node_api_functions.inc"
#undef NODE_API
};

// A function that is newer than the program. We call none of these.
[[noreturn]] void Missing() { std::abort(); }

// Runs while the library is loaded, before Node calls us.
struct AtLoading {
  AtLoading() {
    // Some programs embed Node as a library instead of linking it into themselves.
    HMODULE host = GetModuleHandleW(L"node.dll");
    if (host == nullptr) host = GetModuleHandleW(nullptr);
    for (const Function& function : kFunctions) {
      FARPROC found = GetProcAddress(host, function.name);
      *function.pointer = found != nullptr ? reinterpret_cast<void*>(found) : reinterpret_cast<void*>(&Missing);
    }
  }
} at_loading;

}  // namespace

#define NODE_API(NAME) extern "C" void* __imp_##NAME = nullptr;
#include "node_api_functions.inc"
#undef NODE_API
