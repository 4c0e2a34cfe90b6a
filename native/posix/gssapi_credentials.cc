// gss_import_name and gss_acquire_cred_from, and the cache in memory for a keytab that comes without one.
#include "gssapi_credentials.h"

#include <map>
#include <memory>
#include <mutex>

#include "errors_gssapi.h"

namespace latchkey::gssapi {
namespace {

Buffer View(const std::string& text) { return Buffer{text.size(), const_cast<char*>(text.data())}; }

Result<Name> Import(const Library& library, const std::string& text, Oid* kind) {
  Name name(&library);
  Buffer view = View(text);
  Word minor = 0;
  const Word major = library.import_name(&minor, &view, kind, name.out());
  if (ErrorOf(major) != 0) return StatusError(library, "gss_import_name", major, minor, &kKerberos);
  return name;
}

// The library empties a cache before it fills it, and who looks into it in between finds no ticket.
std::mutex& MutexOf(const std::string& cache) {
  static std::mutex mutex;
  static auto* mutexes = new std::map<std::string, std::mutex>;
  std::lock_guard<std::mutex> guard(mutex);
  return (*mutexes)[cache];
}

}  // namespace

// One place for each keytab and principal, so that nothing is written, nobody else's cache is touched, and the next
// conversation finds the tickets. They stay as long as the process, as a cache on disk would.
std::string CacheOf(const NegotiateCredentials& credentials) {
  if (!credentials.credential_cache.empty() || credentials.client_keytab.empty()) return credentials.credential_cache;
  return "MEMORY:latchkey " + credentials.principal + ' ' + credentials.client_keytab;
}

Result<Name> ImportService(const Library& library, const std::string& service_principal_name) {
  const std::size_t slash = service_principal_name.find('/');
  const bool is_plain =
      slash != std::string::npos && service_principal_name.find_first_of("/@", slash + 1) == std::string::npos;
  if (!is_plain) return Import(library, service_principal_name, &kPrincipalName);
  std::string host_based = service_principal_name;
  host_based[slash] = '@';
  return Import(library, host_based, &kHostBasedService);
}

Result<Done> CheckUsable(const Library& library, const NegotiateCredentials& credentials) {
  if (credentials.has_password_part()) {
    return NativeError{"UNAVAILABLE", "gss_acquire_cred", 0, 0, "a user name and a password are for Windows only"};
  }
  const bool needs_store = !credentials.client_keytab.empty() || !credentials.credential_cache.empty();
  if (needs_store && library.acquire_cred_from == nullptr) {
    return NativeError{"UNAVAILABLE", "gss_acquire_cred_from", 0, 0,
                       "this system's GSSAPI takes neither a keytab nor a credential cache"};
  }
  return Done{};
}

Result<Credential> Acquire(const Library& library, const NegotiateCredentials& credentials, Oid* mechanism,
                           bool allow_ntlm) {
  Name name(&library);
  if (!credentials.principal.empty()) {
    Result<Name> imported = Import(library, credentials.principal, &kPrincipalName);
    if (!imported.ok()) return imported.error();
    name = std::move(imported.value());
  }
  // Without set_neg_mechs, SPNEGO is kept to Kerberos by credentials that are for Kerberos only.
  const bool restrict_later = library.set_neg_mechs != nullptr;
  OidSet mechanisms{1, allow_ntlm || restrict_later ? mechanism : &kKerberos};
  Credential credential(&library);
  Word major = 0, minor = 0;
  const std::string cache = CacheOf(credentials);
  if (cache.empty()) {
    major = library.acquire_cred(&minor, name.get(), kIndefinite, &mechanisms, kInitiate, credential.out(), nullptr,
                                 nullptr);
  } else {
    KeyValue elements[] = {{"ccache", cache.c_str()}, {"client_keytab", credentials.client_keytab.c_str()}};
    const KeyValueSet store{credentials.client_keytab.empty() ? 1u : 2u, elements};
    std::unique_lock<std::mutex> filling;
    if (!credentials.client_keytab.empty()) filling = std::unique_lock<std::mutex>(MutexOf(cache));
    major = library.acquire_cred_from(&minor, name.get(), kIndefinite, &mechanisms, kInitiate, &store, credential.out(),
                                      nullptr, nullptr);
  }
  if (ErrorOf(major) != 0) return StatusError(library, "gss_acquire_cred", major, minor, mechanism);

  if (restrict_later && AreEqual(mechanism, kSpnego)) {
    Oid wanted[] = {kKerberos, kNtlm};
    OidSet negotiable{allow_ntlm ? 2u : 1u, wanted};
    major = library.set_neg_mechs(&minor, credential.get(), &negotiable);
    if (ErrorOf(major) != 0) return StatusError(library, "gss_set_neg_mechs", major, minor, mechanism);
  }
  return credential;
}

}  // namespace latchkey::gssapi
