// What zig brings for Windows in a way that a release must not have: a value on protected stacks that everybody knows,
// and functions for exceptions that it lets other programs see.
#include <windows.h>

#include <cstdint>
#include <cstdlib>

extern "C" {

// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the compiler's own names

// Until it is set, which is while the library is loaded, it ends no text: what runs over a buffer as a text stops
// before it.
std::uintptr_t __stack_chk_guard = 0x00000aff;

[[noreturn]] void __stack_chk_fail() {
  // Its text is looked for by who judges the binary.
  OutputDebugStringA("stack smashing detected");
  TerminateProcess(GetCurrentProcess(), 0xC0000409);  // STATUS_STACK_BUFFER_OVERRUN
  std::abort();
}

// Nothing is thrown here, and what the C++ library would throw ends the process, as an exception that nobody catches
// does.
#define UNUSED(NAME) \
  [[noreturn]] void NAME() { std::abort(); }
UNUSED(_GCC_specific_handler)
UNUSED(_Unwind_DeleteException)
UNUSED(_Unwind_GetIP)
UNUSED(_Unwind_GetLanguageSpecificData)
UNUSED(_Unwind_GetRegionStart)
UNUSED(_Unwind_RaiseException)
UNUSED(_Unwind_Resume)
UNUSED(_Unwind_SetGR)
UNUSED(_Unwind_SetIP)
#undef UNUSED

// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

}  // extern "C"

namespace {

// The clocks, the process and where Windows has put us, as Microsoft's own runtime takes them.
struct AtLoading {
  // It has no protected stack itself: the value would change in its midst.
  __attribute__((no_stack_protector)) AtLoading() {
    LARGE_INTEGER ticks;
    FILETIME time;
    QueryPerformanceCounter(&ticks);
    GetSystemTimeAsFileTime(&time);
    std::uint64_t value = static_cast<std::uint64_t>(ticks.QuadPart);
    value ^= (static_cast<std::uint64_t>(time.dwLowDateTime) << 32) ^ time.dwHighDateTime;
    value ^= (static_cast<std::uint64_t>(GetCurrentProcessId()) << 17) ^ GetCurrentThreadId();
    value ^= reinterpret_cast<std::uintptr_t>(&__stack_chk_guard) ^ reinterpret_cast<std::uintptr_t>(&ticks);
    // Every bit of it in every bit of the result; the lowest byte, the first in memory, stays a zero.
    value = (value ^ (value >> 31)) * 0x9E3779B97F4A7C15;
    value = (value ^ (value >> 29)) * 0xBF58476D1CE4E5B9;
    __stack_chk_guard = (value ^ (value >> 32)) & ~std::uint64_t{0xff};
  }
} at_loading;

}  // namespace
