// SECURITY_STATUS → code and text.
#include "errors_sspi.h"

#include <windows.h>

#include "errors_windows.h"

namespace latchkey {
namespace {

const char* CodeOf(long status) {
  switch (status) {
    case SEC_E_NO_CREDENTIALS:
    case SEC_E_UNKNOWN_CREDENTIALS:
      return "NO_CREDENTIALS";
    case SEC_E_CONTEXT_EXPIRED:
    case SEC_E_TIME_SKEW:
      return "EXPIRED";
    case SEC_E_TARGET_UNKNOWN:
    case SEC_E_WRONG_PRINCIPAL:  // the name belongs to another account than the one that the service runs as
      return "UNKNOWN_SERVICE";
    case SEC_E_NO_AUTHENTICATING_AUTHORITY:
    case SEC_E_DOWNGRADE_DETECTED:  // Kerberos was replaced by NTLM, since no domain controller could be asked
      return "UNREACHABLE";
    case SEC_E_LOGON_DENIED:
    case SEC_E_NOT_OWNER:
    case SEC_E_BAD_BINDINGS:
    case SEC_E_MUTUAL_AUTH_FAILED:
      return "DENIED";
    case SEC_E_SECPKG_NOT_FOUND:
    case SEC_E_UNSUPPORTED_FUNCTION:
      return "UNAVAILABLE";
    default:
      return "FAILED";
  }
}

}  // namespace

NativeError SspiError(const char* call, long status) {
  // Unsigned, as the documents and everybody's logs write it: 0x8009030E.
  const auto number = static_cast<unsigned long>(status);
  return NativeError{CodeOf(status), call, static_cast<int64_t>(number), 0, WindowsText(number)};
}

}  // namespace latchkey
