// Opening the GSSAPI library, and the object identifiers that it is spoken to with.
#include "gssapi_library.h"

#include <cstring>

#include "dynamic_library.h"

namespace latchkey::gssapi {
namespace {

// A test may build against a library of its own, see CMakeLists.txt.
#if defined(LATCHKEY_GSSAPI_LIBRARY)
constexpr const char* kLibraryName = LATCHKEY_GSSAPI_LIBRARY;
#elif defined(__APPLE__)
constexpr const char* kLibraryName = "/System/Library/Frameworks/GSS.framework/GSS";
#else
constexpr const char* kLibraryName = "libgssapi_krb5.so.2";
#endif

template <std::size_t Size>
Oid MakeOid(const char (&bytes)[Size]) {
  return Oid{Size - 1, const_cast<char*>(bytes)};
}

bool FindAll(void* handle, Library* library) {
  Find(handle, "gss_acquire_cred_from", &library->acquire_cred_from);
  Find(handle, "gss_set_neg_mechs", &library->set_neg_mechs);
  return Find(handle, "gss_import_name", &library->import_name) &&
         Find(handle, "gss_display_name", &library->display_name) &&
         Find(handle, "gss_release_name", &library->release_name) &&
         Find(handle, "gss_acquire_cred", &library->acquire_cred) &&
         Find(handle, "gss_inquire_cred", &library->inquire_cred) &&
         Find(handle, "gss_release_cred", &library->release_cred) &&
         Find(handle, "gss_init_sec_context", &library->init_sec_context) &&
         Find(handle, "gss_delete_sec_context", &library->delete_sec_context) &&
         Find(handle, "gss_release_buffer", &library->release_buffer) &&
         Find(handle, "gss_display_status", &library->display_status);
}

}  // namespace

Oid kSpnego = MakeOid("\x2b\x06\x01\x05\x05\x02");                            // 1.3.6.1.5.5.2
Oid kKerberos = MakeOid("\x2a\x86\x48\x86\xf7\x12\x01\x02\x02");              // 1.2.840.113554.1.2.2
Oid kKerberosOfMicrosoft = MakeOid("\x2a\x86\x48\x82\xf7\x12\x01\x02\x02");   // 1.2.840.48018.1.2.2
Oid kNtlm = MakeOid("\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a");              // 1.3.6.1.4.1.311.2.2.10
Oid kHostBasedService = MakeOid("\x2a\x86\x48\x86\xf7\x12\x01\x02\x01\x04");  // 1.2.840.113554.1.2.1.4
Oid kPrincipalName = MakeOid("\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x01");     // 1.2.840.113554.1.2.2.1

bool AreEqual(const Oid* left, const Oid& right) {
  return left != nullptr && left->length == right.length &&
         std::memcmp(left->elements, right.elements, right.length) == 0;
}

Result<const Library*> Library::Open() {
  return OpenOnce<Library>(kLibraryName, FindAll, [](const Library&) { KeepConfiguration(); });
}

}  // namespace latchkey::gssapi
