// Who is signed in to Windows, by the name that the service knows: the user principal name.
#include <windows.h>

#define SECURITY_WIN32
#include <security.h>

#include "../negotiate.h"
#include "errors_windows.h"
#include "utf8_windows.h"

namespace latchkey {

Result<std::optional<std::string>> CurrentUser(const NegotiateCredentials& credentials) {
  using Name = std::optional<std::string>;
  if (credentials.has_kerberos_part()) {
    return NativeError{"UNAVAILABLE", "currentUser", 0, 0, "Windows has neither keytabs nor credential caches"};
  }
  // Somebody else's password says nothing about who is signed in; DOMAIN\user is no name that a realm could be found
  // by.
  if (credentials.has_password_part()) {
    if (credentials.username.find('@') != std::string::npos) return Name(credentials.username);
    if (credentials.domain.find('.') == std::string::npos) return Name();
    return Name(credentials.username + "@" + credentials.domain);
  }
  unsigned long length = 0;
  if (!GetUserNameExW(NameUserPrincipal, nullptr, &length)) {
    const DWORD error = GetLastError();
    if (error != ERROR_MORE_DATA) return WindowsError("GetUserNameExW", error);
  }
  if (length == 0) return Name();
  std::wstring name(length, L'\0');
  if (!GetUserNameExW(NameUserPrincipal, name.data(), &length)) return WindowsError("GetUserNameExW", GetLastError());
  name.resize(length);
  return name.empty() ? Name() : Name(ToUtf8(name));
}

Result<std::optional<CredentialStatus>> InspectCredentials(const NegotiateCredentials& credentials) {
  Result<std::optional<std::string>> user = CurrentUser(credentials);
  if (!user.ok()) return user.error();
  if (!user.value()) return std::optional<CredentialStatus>();
  // Windows renews its tickets by itself and gets new ones when they are needed, so there is no end to know.
  CredentialStatus status;
  status.principal = *user.value();
  return std::optional<CredentialStatus>(std::move(status));
}

}  // namespace latchkey
