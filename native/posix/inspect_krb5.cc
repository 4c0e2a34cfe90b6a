// Whose credentials there are, read from the cache or the keytab itself, so that no server is asked: Linux.
#include "../negotiate.h"
#include "errors_gssapi.h"
#include "gssapi_credentials.h"
#include "krb5_library.h"

namespace latchkey {
namespace krb5 {
namespace {

using Found = std::optional<CredentialStatus>;

// One look into a cache or keytab. Owns: the library's context, the cache and the keytab.
class Inspection {
 public:
  explicit Inspection(const Library* library) : library_(*library) {}
  ~Inspection() {
    if (cache_ != nullptr) library_.cc_close(context_, cache_);
    if (keytab_ != nullptr) library_.kt_close(context_, keytab_);
    if (wanted_ != nullptr) library_.free_principal(context_, wanted_);
    if (context_ != nullptr) library_.free_context(context_);
  }
  Inspection(const Inspection&) = delete;
  Inspection& operator=(const Inspection&) = delete;

  Result<Found> Run(const NegotiateCredentials& credentials) {
    Status status = library_.init_context(&context_);
    if (status != 0) return Failure("krb5_init_context", status);
    if (!credentials.principal.empty()) {
      status = library_.parse_name(context_, credentials.principal.c_str(), &wanted_);
      if (status != 0) return Failure("krb5_parse_name", status);
    }
    status = OpenCache(credentials);
    if (status != 0 && !IsNobody(status)) return Failure("krb5_cc_resolve", status);
    if (status == 0) {
      Result<Found> found = ReadCache();
      if (!found.ok() || found.value()) return found;
    }
    status = credentials.client_keytab.empty()
                 ? library_.kt_client_default(context_, &keytab_)
                 : library_.kt_resolve(context_, credentials.client_keytab.c_str(), &keytab_);
    // GSSAPI too goes on without a default keytab that cannot be opened.
    if (status != 0)
      return credentials.client_keytab.empty() ? Result<Found>(Found()) : Failure("krb5_kt_resolve", status);
    return ReadKeytab(!credentials.client_keytab.empty());
  }

 private:
  static bool IsNobody(Status status) { return std::string(gssapi::CodeOfKerberos(status)) == "NO_CREDENTIALS"; }

  NativeError Failure(const char* call, Status status) {
    const char* text = library_.get_error_message(context_, status);
    NativeError error{gssapi::CodeOfKerberos(status), call, status, 0, text != nullptr ? text : ""};
    if (text != nullptr) library_.free_error_message(context_, text);
    return error;
  }

  std::string NameOf(Principal principal) {
    char* text = nullptr;
    if (library_.unparse_name(context_, principal, &text) != 0) return "";
    std::string name = text;
    library_.free_unparsed_name(context_, text);
    return name;
  }

  // As GSSAPI chooses when it knows nothing about the service.
  Status OpenCache(const NegotiateCredentials& credentials) {
    const std::string name = gssapi::CacheOf(credentials);
    if (!name.empty()) return library_.cc_resolve(context_, name.c_str(), &cache_);
    if (wanted_ != nullptr) return library_.cc_cache_match(context_, wanted_, &cache_);
    return library_.cc_default(context_, &cache_);
  }

  Result<Found> ReadCache() {
    Principal owner = nullptr;
    Status status = library_.cc_get_principal(context_, cache_, &owner);
    if (status != 0) return IsNobody(status) ? Result<Found>(Found()) : Failure("krb5_cc_get_principal", status);
    CredentialStatus found;
    found.principal = NameOf(owner);
    library_.free_principal(context_, owner);
    if (wanted_ != nullptr && found.principal != NameOf(wanted_)) return Found();

    Cursor cursor = nullptr;
    status = library_.cc_start_seq_get(context_, cache_, &cursor);
    if (status != 0) return Failure("krb5_cc_start_seq_get", status);
    const std::string realm = found.principal.substr(found.principal.rfind('@') + 1);
    const std::string granting = "krbtgt/" + realm + '@' + realm;
    Ticket ticket{};
    while (library_.cc_next_cred(context_, cache_, &cursor, &ticket) == 0) {
      if (NameOf(ticket.server) == granting) {
        found.expires_on = int64_t{static_cast<uint32_t>(ticket.expires_on)} * 1000;
        found.encryption_type = ticket.session_key.encryption_type;
      }
      library_.free_cred_contents(context_, &ticket);
    }
    library_.cc_end_seq_get(context_, cache_, &cursor);
    return Found(std::move(found));
  }

  // The first entry, or the wanted one: what GSSAPI takes too.
  Result<Found> ReadKeytab(bool is_demanded) {
    Cursor cursor = nullptr;
    const Status status = library_.kt_start_seq_get(context_, keytab_, &cursor);
    if (status != 0) {
      return IsNobody(status) || !is_demanded ? Result<Found>(Found()) : Failure("krb5_kt_start_seq_get", status);
    }
    Found found;
    KeytabEntry entry{};
    while (!found && library_.kt_next_entry(context_, keytab_, &entry, &cursor) == 0) {
      std::string name = NameOf(entry.principal);
      library_.free_keytab_entry_contents(context_, &entry);
      if (wanted_ != nullptr && name != NameOf(wanted_)) continue;
      found.emplace();
      found->principal = std::move(name);
    }
    library_.kt_end_seq_get(context_, keytab_, &cursor);
    return found;
  }

  const Library& library_;
  Context context_ = nullptr;
  Principal wanted_ = nullptr;
  Cache cache_ = nullptr;
  Keytab keytab_ = nullptr;
};

}  // namespace
}  // namespace krb5

void gssapi::KeepConfiguration() { krb5::Library::Open(); }

Result<std::optional<CredentialStatus>> InspectCredentials(const NegotiateCredentials& credentials) {
  Result<const gssapi::Library*> gssapi_library = gssapi::Library::Open();
  if (!gssapi_library.ok()) return gssapi_library.error();
  Result<Done> usable = gssapi::CheckUsable(*gssapi_library.value(), credentials);
  if (!usable.ok()) return usable.error();
  Result<const krb5::Library*> library = krb5::Library::Open();
  if (!library.ok()) return library.error();
  return krb5::Inspection(library.value()).Run(credentials);
}

}  // namespace latchkey
