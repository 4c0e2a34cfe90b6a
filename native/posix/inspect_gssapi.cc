// Whose credentials there are, as GSSAPI says it: macOS.
#include <chrono>

#include "../negotiate.h"
#include "errors_gssapi.h"
#include "gssapi_credentials.h"
#include "gssapi_handles.h"

namespace latchkey {

// The framework offers nothing for it.
void gssapi::KeepConfiguration() {}

Result<std::optional<CredentialStatus>> InspectCredentials(const NegotiateCredentials& credentials) {
  const std::optional<CredentialStatus> nobody;
  Result<const gssapi::Library*> opened = gssapi::Library::Open();
  if (!opened.ok()) return opened.error();
  const gssapi::Library& library = *opened.value();
  Result<Done> usable = gssapi::CheckUsable(library, credentials);
  if (!usable.ok()) return usable.error();

  Result<gssapi::Credential> credential = gssapi::Acquire(library, credentials, &gssapi::kKerberos, false);
  if (!credential.ok()) {
    if (std::string(credential.error().code) == "NO_CREDENTIALS") return nobody;
    return credential.error();
  }
  gssapi::Name name(&library);
  gssapi::Word minor = 0, seconds = 0;
  gssapi::Word major = library.inquire_cred(&minor, credential.value().get(), name.out(), &seconds, nullptr, nullptr);
  // An expired ticket is reported as an error, with everything filled in.
  if (gssapi::ErrorOf(major) != 0 && name.get() == nullptr) {
    NativeError error = gssapi::StatusError(library, "gss_inquire_cred", major, minor, &gssapi::kKerberos);
    if (std::string(error.code) == "NO_CREDENTIALS") return nobody;
    return error;
  }
  if (name.get() == nullptr) return nobody;
  gssapi::Output text(&library);
  major = library.display_name(&minor, name.get(), text.out(), nullptr);
  if (gssapi::ErrorOf(major) != 0) {
    return gssapi::StatusError(library, "gss_display_name", major, minor, &gssapi::kKerberos);
  }
  CredentialStatus status;
  status.principal = text.Text();
  if (seconds != gssapi::kIndefinite) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    status.expires_on = std::chrono::duration_cast<std::chrono::milliseconds>(now).count() + seconds * int64_t{1000};
  }
  return std::optional<CredentialStatus>(std::move(status));
}

}  // namespace latchkey
