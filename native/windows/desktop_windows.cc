// Opening a URL by Windows' shell, which is loaded when somebody wants that.
#include <windows.h>
// Need the one above.
#include <objbase.h>
#include <shellapi.h>

#include "../desktop.h"
#include "../within_time.h"
#include "errors_windows.h"
#include "utf8_windows.h"

namespace latchkey {
namespace {

// A browser that is started cold, on a machine that is busy.
constexpr std::chrono::milliseconds kLimit(10'000);

using Initialize = HRESULT(WINAPI*)(void*, DWORD);
using Uninitialize = void(WINAPI*)();
using Execute = BOOL(WINAPI*)(SHELLEXECUTEINFOW*);

// Libraries of Windows, from its own folder: one of this name beside the program could be anybody's. They stay loaded,
// as the shell's extensions do that have been used.
template <class Function>
bool Find(const wchar_t* library, const char* name, Function* function) {
  const HMODULE module = LoadLibraryExW(library, nullptr, LOAD_LIBRARY_SEARCH_SYSTEM32);
  if (module == nullptr) return false;
  *function = reinterpret_cast<Function>(reinterpret_cast<void*>(GetProcAddress(module, name)));
  return *function != nullptr;
}

// This runs where the scheme decides which program is started, so it is looked at here once more.
bool IsWebPage(const std::string& url) {
  for (const std::string scheme : {"https://", "http://"}) {
    if (_strnicmp(url.c_str(), scheme.c_str(), scheme.size()) == 0) return true;
  }
  return false;
}

Result<Done> Open(const std::wstring& url) {
  Initialize initialize;
  Uninitialize uninitialize;
  Execute execute;
  if (!Find(L"ole32.dll", "CoInitializeEx", &initialize) || !Find(L"ole32.dll", "CoUninitialize", &uninitialize) ||
      !Find(L"shell32.dll", "ShellExecuteExW", &execute)) {
    return WindowsError("LoadLibraryExW", GetLastError());
  }
  // The shell may hand over to extensions, which are COM objects of this kind.
  const HRESULT initialized = initialize(nullptr, COINIT_APARTMENTTHREADED | COINIT_DISABLE_OLE1DDE);
  SHELLEXECUTEINFOW what{};
  what.cbSize = sizeof what;
  // This thread ends right after, and no message of a conversation that goes on behind its back would be read.
  what.fMask = SEE_MASK_NOASYNC | SEE_MASK_FLAG_NO_UI;
  what.lpVerb = L"open";
  what.lpFile = url.c_str();
  what.nShow = SW_SHOWNORMAL;
  const BOOL opened = execute(&what);
  const DWORD error = GetLastError();
  if (SUCCEEDED(initialized)) uninitialize();
  if (!opened) return WindowsError("ShellExecuteExW", error);
  return Done{};
}

}  // namespace

Result<Done> OpenUrl(const std::string& url) {
  if (!IsWebPage(url)) return NativeError{"FAILED", "openUrl", 0, 0, "this is neither an http nor an https URL"};
  return WithinTime<Done>("ShellExecuteExW", kLimit, [url = ToUtf16(url)] { return Open(url); });
}

}  // namespace latchkey
