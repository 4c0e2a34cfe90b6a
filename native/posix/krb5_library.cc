// Opening libkrb5.
#include "krb5_library.h"

#include "dynamic_library.h"

namespace latchkey::krb5 {
namespace {

constexpr const char* kLibraryName = "libkrb5.so.3";

bool FindAll(void* handle, Library* library) {
  return Find(handle, "krb5_init_context", &library->init_context) &&
         Find(handle, "krb5_free_context", &library->free_context) &&
         Find(handle, "krb5_cc_default", &library->cc_default) &&
         Find(handle, "krb5_cc_resolve", &library->cc_resolve) &&
         Find(handle, "krb5_cc_cache_match", &library->cc_cache_match) &&
         Find(handle, "krb5_cc_get_principal", &library->cc_get_principal) &&
         Find(handle, "krb5_cc_start_seq_get", &library->cc_start_seq_get) &&
         Find(handle, "krb5_cc_next_cred", &library->cc_next_cred) &&
         Find(handle, "krb5_cc_end_seq_get", &library->cc_end_seq_get) &&
         Find(handle, "krb5_cc_close", &library->cc_close) &&
         Find(handle, "krb5_free_cred_contents", &library->free_cred_contents) &&
         Find(handle, "krb5_kt_resolve", &library->kt_resolve) &&
         Find(handle, "krb5_kt_client_default", &library->kt_client_default) &&
         Find(handle, "krb5_kt_start_seq_get", &library->kt_start_seq_get) &&
         Find(handle, "krb5_kt_next_entry", &library->kt_next_entry) &&
         Find(handle, "krb5_kt_end_seq_get", &library->kt_end_seq_get) &&
         Find(handle, "krb5_kt_close", &library->kt_close) &&
         Find(handle, "krb5_free_keytab_entry_contents", &library->free_keytab_entry_contents) &&
         Find(handle, "krb5_parse_name", &library->parse_name) &&
         Find(handle, "krb5_unparse_name", &library->unparse_name) &&
         Find(handle, "krb5_free_unparsed_name", &library->free_unparsed_name) &&
         Find(handle, "krb5_free_principal", &library->free_principal) &&
         Find(handle, "krb5_get_error_message", &library->get_error_message) &&
         Find(handle, "krb5_free_error_message", &library->free_error_message);
}

// Never freed: while there is a context, the ones that GSSAPI makes take the configuration that this one has parsed,
// and ask once a second whether the file has changed. Otherwise they parse it four times in each conversation.
void KeepContext(const Library& library) {
  static Context keeper = nullptr;
  if (library.init_context(&keeper) != 0) keeper = nullptr;
}

}  // namespace

Result<const Library*> Library::Open() { return OpenOnce<Library>(kLibraryName, FindAll, KeepContext); }

}  // namespace latchkey::krb5
