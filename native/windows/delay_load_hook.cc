// Finds Node in whatever program loaded us: the imports say node.exe, but an Electron app has a name of its own.
// For mingw-w64 only; with MSVC cmake-js brings a hook of its own.
#include <windows.h>
// Needs the one above.
#include <delayimp.h>

#include <cstring>

namespace {

// Called before the first Node-API function is looked up; null means "look it up as usual".
FARPROC WINAPI FindHost(unsigned event, PDelayLoadInfo info) {
  if (event != dliNotePreLoadLibrary || _stricmp(info->szDll, "node.exe") != 0) return nullptr;
  // Some programs embed Node as a library instead of linking it into themselves.
  HMODULE host = GetModuleHandleW(L"node.dll");
  if (host == nullptr) host = GetModuleHandleW(nullptr);
  return reinterpret_cast<FARPROC>(host);
}

}  // namespace

// The delay-load helper of the C library calls what it finds under this name.
extern "C" {
PfnDliHook __pfnDliNotifyHook2 = FindHost;
}
