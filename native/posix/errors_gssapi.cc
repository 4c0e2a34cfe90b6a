// Major and minor status → code and text.
#include "errors_gssapi.h"

#include <cerrno>
#include <string>

#include "gssapi_handles.h"

namespace latchkey::gssapi {
namespace {

struct Row {
  int32_t status;
  const char* code;
};

// Of the Kerberos mechanism (com_err tables krb5 and k5g of MIT's; Heimdal's and so Apple's krb5 table is the same),
// and errno of what it does with files. Numbers and not texts: those are translated.
constexpr Row kMinorTable[] = {
    {-1765328243, "NO_CREDENTIALS"},   // KRB5_CC_NOTFOUND: no such ticket in the cache
    {-1765328189, "NO_CREDENTIALS"},   // KRB5_FCC_NOFILE: no cache
    {-1765328203, "NO_CREDENTIALS"},   // KRB5_KT_NOTFOUND: no such key in the keytab
    {-1765328154, "NO_CREDENTIALS"},   // KRB5_KT_KVNONOTFOUND: only keys of other versions
    {-1765328241, "NO_CREDENTIALS"},   // KRB5_NO_TKT_SUPPLIED
    {-1765328317, "NO_CREDENTIALS"},   // KRB_AP_ERR_NO_TGT
    {39756032, "NO_CREDENTIALS"},      // KG_CCACHE_NOMATCH: the cache is another principal's
    {39756033, "NO_CREDENTIALS"},      // KG_KEYTAB_NOMATCH: the keytab is
    {39756034, "NO_CREDENTIALS"},      // KG_TGT_MISSING
    {39756044, "NO_CREDENTIALS"},      // KG_EMPTY_CCACHE
    {ENOENT, "NO_CREDENTIALS"},        // no keytab
    {-1765328352, "EXPIRED"},          // KRB_AP_ERR_TKT_EXPIRED
    {-1765328351, "EXPIRED"},          // KRB_AP_ERR_TKT_NYV: not yet valid, which is a matter of clocks
    {-1765328347, "EXPIRED"},          // KRB_AP_ERR_SKEW
    {-1765328236, "EXPIRED"},          // KRB5_KDCREP_SKEW
    {-1765328373, "EXPIRED"},          // KDC_ERR_NEVER_VALID: what some KDCs say about a client whose clock is wrong
    {-1765328377, "UNKNOWN_SERVICE"},  // KDC_ERR_S_PRINCIPAL_UNKNOWN
    {-1765328349, "UNKNOWN_SERVICE"},  // KRB_AP_ERR_NOT_US
    {-1765328358, "UNKNOWN_SERVICE"},  // KDC_ERR_SERVER_NOMATCH
    {-1765328228, "UNREACHABLE"},      // KRB5_KDC_UNREACH
    {-1765328230, "UNREACHABLE"},      // KRB5_REALM_UNKNOWN: nothing says where its KDC is
    {-1765328164, "UNREACHABLE"},      // KRB5_REALM_CANT_RESOLVE
    {-1765328355, "UNREACHABLE"},      // KDC_ERR_SVC_UNAVAILABLE
    {-1765328378, "DENIED"},           // KDC_ERR_C_PRINCIPAL_UNKNOWN
    {-1765328383, "DENIED"},           // KDC_ERR_NAME_EXP: the account is over
    {-1765328366, "DENIED"},           // KDC_ERR_CLIENT_REVOKED
    {-1765328364, "DENIED"},           // KDC_ERR_TGT_REVOKED
    {-1765328363, "DENIED"},           // KDC_ERR_CLIENT_NOTYET
    {-1765328361, "DENIED"},           // KDC_ERR_KEY_EXP: the password is over
    {-1765328360, "DENIED"},           // KDC_ERR_PREAUTH_FAILED
    {-1765328174, "DENIED"},           // KRB5_PREAUTH_FAILED
    {-1765328372, "DENIED"},           // KDC_ERR_POLICY
    {-1765328353, "DENIED"},           // KRB_AP_ERR_BAD_INTEGRITY
    {-1765328343, "DENIED"},           // KRB_AP_ERR_MODIFIED
    {-1765328190, "DENIED"},           // KRB5_FCC_PERM
    {EACCES, "DENIED"},
    {EPERM, "DENIED"},
};

// Where the minor status says nothing: the routine errors of RFC 2744 § 3.9.1.
constexpr Row kMajorTable[] = {
    {7, "NO_CREDENTIALS"},  // GSS_S_NO_CRED
    {11, "EXPIRED"},        // GSS_S_CREDENTIALS_EXPIRED
    {12, "EXPIRED"},        // GSS_S_CONTEXT_EXPIRED
    {4, "DENIED"},          // GSS_S_BAD_BINDINGS
    {6, "DENIED"},          // GSS_S_BAD_SIG
    {15, "DENIED"},         // GSS_S_UNAUTHORIZED
    {1, "UNAVAILABLE"},     // GSS_S_BAD_MECH
};

template <std::size_t Size>
const char* Find(const Row (&table)[Size], int32_t status) {
  for (const Row& row : table) {
    if (row.status == status) return row.code;
  }
  return nullptr;
}

std::string Describe(const Library& library, Word status, int kind, Oid* mechanism) {
  std::string text;
  Word more = 0;
  do {
    Word minor = 0;
    Output part(&library);
    if (ErrorOf(library.display_status(&minor, status, kind, mechanism, &more, part.out())) != 0) break;
    if (!text.empty()) text += ": ";
    text += part.Text();
  } while (more != 0);
  return text;
}

}  // namespace

const char* CodeOfKerberos(int32_t status) {
  const char* code = Find(kMinorTable, status);
  return code != nullptr ? code : "FAILED";
}

NativeError StatusError(const Library& library, const char* call, Word major, Word minor, Oid* mechanism) {
  const char* code = AreEqual(mechanism, kKerberos) ? Find(kMinorTable, static_cast<int32_t>(minor)) : nullptr;
  if (code == nullptr) code = Find(kMajorTable, static_cast<int32_t>(ErrorOf(major) >> 16));
  std::string text = minor != 0 ? Describe(library, minor, kMinorStatus, mechanism) : std::string();
  if (text.empty()) text = Describe(library, major, kMajorStatus, nullptr);
  return NativeError{code != nullptr ? code : "FAILED", call, major, static_cast<int32_t>(minor), std::move(text)};
}

}  // namespace latchkey::gssapi
