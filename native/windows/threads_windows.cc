// Starting threads on Windows, and staying loaded while they run.
#include <process.h>
#include <windows.h>

#include "../thread_pool.h"

namespace latchkey {
namespace {

unsigned __stdcall CallEntry(void* entry) {
  reinterpret_cast<void (*)()>(entry)();
  return 0;
}

}  // namespace

bool StartDetachedThread(void (*entry)()) {
  const uintptr_t thread = _beginthreadex(nullptr, 0, CallEntry, reinterpret_cast<void*>(entry), 0, nullptr);
  if (thread == 0) return false;
  // NOLINTNEXTLINE(performance-no-int-to-ptr): the C library gives the handle as a number
  CloseHandle(reinterpret_cast<HANDLE>(thread));
  return true;
}

void BeforeExit(void (*)()) {}

void KeepLibraryLoaded() {
  HMODULE here;
  GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
                     reinterpret_cast<LPCWSTR>(&KeepLibraryLoaded), &here);
}

}  // namespace latchkey
