// Conversations that prove to a service who the user is: SSPI on Windows, GSSAPI elsewhere.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "result.h"
#include "secret_bytes.h"

namespace latchkey {

// Whose credentials to use. Empty texts leave the choice to the system. All texts are UTF-8.
struct NegotiateCredentials {
  // Not on Windows.
  std::string client_keytab;     // "FILE:/path"
  std::string credential_cache;  // as KRB5CCNAME has it
  std::string principal;         // "joe@CONTOSO.TEST"
  // Windows only.
  std::string username;
  std::string domain;
  SecretBytes password;

  bool has_kerberos_part() const { return !(client_keytab.empty() && credential_cache.empty() && principal.empty()); }
  bool has_password_part() const { return !(username.empty() && domain.empty() && password.empty()); }
};

// Whom to talk to, and how.
struct NegotiateTarget {
  std::string service_principal_name;     // "HTTP/sts.contoso.com"
  std::vector<uint8_t> channel_bindings;  // "tls-server-end-point:" and the hash; empty: bound to nothing
  bool allow_ntlm = false;                // false: Kerberos or nothing
  NegotiateCredentials credentials;
};

enum class Mechanism { kUnknown, kKerberos, kNtlm };

// Where a conversation stands after a step.
struct NegotiateStep {
  SecretBytes output;  // what to send next; empty when there is nothing
  bool complete = false;
  Mechanism mechanism = Mechanism::kUnknown;
  bool mutual = false;  // the service has proved who it is; only true when `complete`
};

// What is known about credentials without asking a server.
struct CredentialStatus {
  std::string principal;
  int64_t expires_on = 0;       // milliseconds since 1970; 0: not known, or never
  int32_t encryption_type = 0;  // of the ticket-granting ticket's session key (RFC 3961 § 8); 0: not known
};

// The system's side of one conversation. Never delegates, always asks for mutual authentication.
// Owns: the context, the credentials and the channel bindings; all are wiped and freed with it.
class SecurityContext {
 public:
  virtual ~SecurityContext() = default;
  // Takes what the service sent, nothing at first. The caller makes no step after one that failed or was the last.
  // Thread: pool, one step at a time.
  virtual Result<NegotiateStep> Step(const SecretBytes& input) = 0;
};

// Starts a conversation. No server is asked before the first step.
// Thread: pool.
Result<std::unique_ptr<SecurityContext>> OpenSecurityContext(NegotiateTarget target);

// Who the credentials belong to: a UPN on Windows, else a principal. No value when the system knows nobody.
// Thread: pool.
Result<std::optional<std::string>> CurrentUser(const NegotiateCredentials& credentials);

// More about them. No value when the system knows nobody; an expired ticket is still somebody's.
// Thread: pool.
Result<std::optional<CredentialStatus>> InspectCredentials(const NegotiateCredentials& credentials);

}  // namespace latchkey
