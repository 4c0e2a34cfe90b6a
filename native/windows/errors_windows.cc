// Win32 error → code and text.
#include "errors_windows.h"

#include <windows.h>

#include <cstdio>

#include "utf8_windows.h"

namespace latchkey {
namespace {

const char* CodeOf(unsigned long error) {
  switch (error) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_NONE_MAPPED:  // the user has no name of the kind that was asked for
      return "NOT_FOUND";
    case ERROR_ACCESS_DENIED:
    case ERROR_WRITE_PROTECT:
    case ERROR_PRIVILEGE_NOT_HELD:
      return "DENIED";
    case ERROR_INVALID_DATA:  // DPAPI: changed, not a blob at all, or another entropy
    // A field of the blob that was changed to what cryptography does not know.
    case static_cast<unsigned long>(NTE_BAD_HASH):
    case static_cast<unsigned long>(NTE_BAD_LEN):
    case static_cast<unsigned long>(NTE_BAD_DATA):
    case static_cast<unsigned long>(NTE_BAD_VER):
    case static_cast<unsigned long>(NTE_BAD_ALGID):
    case static_cast<unsigned long>(NTE_BAD_FLAGS):
      return "INVALID_DATA";
    case static_cast<unsigned long>(NTE_BAD_KEY_STATE):  // DPAPI: the key of another user, or of another machine
      return "DENIED";
    case ERROR_NO_SUCH_DOMAIN:  // no domain controller answers
    case ERROR_NO_LOGON_SERVERS:
      return "UNREACHABLE";
    case ERROR_NOT_SUPPORTED:
    case ERROR_INVALID_FUNCTION:
    case ERROR_MOD_NOT_FOUND:
    case ERROR_PROC_NOT_FOUND:
      return "UNAVAILABLE";
    default:
      return "FAILED";
  }
}

}  // namespace

std::string WindowsText(unsigned long error) {
  wchar_t text[512];
  const DWORD flags = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK;
  DWORD length = FormatMessageW(flags, nullptr, error, 0, text, 512, nullptr);
  while (length > 0 && text[length - 1] == L' ') --length;
  if (length == 0) {
    char number[32];
    std::snprintf(number, sizeof number, error > 0xFFFF ? "status 0x%08lX" : "error %lu", error);
    return number;
  }
  return ToUtf8(std::wstring(text, length));
}

NativeError WindowsError(const char* call, unsigned long error) {
  return NativeError{CodeOf(error), call, static_cast<int64_t>(error), 0, WindowsText(error)};
}

}  // namespace latchkey
