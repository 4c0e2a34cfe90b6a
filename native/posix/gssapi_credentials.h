// Names and credentials, as GSSAPI takes them.
#pragma once

#include <string>

#include "../negotiate.h"
#include "gssapi_handles.h"

namespace latchkey::gssapi {

// The name of a service. "HTTP/sts.contoso.com" goes through the machine's Kerberos configuration, which may know its
// realm and its true host name, as it does for every other program here; with a realm behind it, it is taken as it is.
Result<Name> ImportService(const Library& library, const std::string& service_principal_name);

// Credentials for starting conversations with `mechanism`: kSpnego or kKerberos. With a keytab it may have to ask the
// KDC for the first ticket.
Result<Credential> Acquire(const Library& library, const NegotiateCredentials& credentials, Oid* mechanism,
                           bool allow_ntlm);

// The cache that is meant, empty for the default one: a keytab without a cache gets one in the memory of this process.
std::string CacheOf(const NegotiateCredentials& credentials);

// Refuses what there is no such thing as on this system; the error says what.
Result<Done> CheckUsable(const Library& library, const NegotiateCredentials& credentials);

}  // namespace latchkey::gssapi
