// The part of MIT's libkrb5 that we use to look into caches and keytabs, opened at run time. Not on macOS.
#pragma once

#include <cstdint>

#include "../result.h"

namespace latchkey::krb5 {

using Status = int32_t;  // krb5_error_code
using Context = struct ContextRecord*;
using Cache = struct CacheRecord*;
using Keytab = struct KeytabRecord*;
using Principal = struct PrincipalRecord*;
using Cursor = void*;

struct Data {
  int32_t magic;
  unsigned int length;
  char* bytes;
};
struct Key {
  int32_t magic;
  int32_t encryption_type;
  unsigned int length;
  unsigned char* bytes;
};
// Times are seconds since 1970 in 32 bits, to be read as unsigned since MIT 1.16.
struct Ticket {
  int32_t magic;
  Principal client;
  Principal server;
  Key session_key;
  int32_t authenticated_on;
  int32_t starts_on;
  int32_t expires_on;
  int32_t renewable_until;
  unsigned int is_user_to_user;
  int32_t flags;
  void* addresses;
  Data ticket;
  Data second_ticket;
  void* authorization_data;
};
struct KeytabEntry {
  int32_t magic;
  Principal principal;
  int32_t written_on;
  unsigned int version;
  Key key;
};

struct Library {
  Status (*init_context)(Context*);
  void (*free_context)(Context);
  Status (*cc_default)(Context, Cache*);
  Status (*cc_resolve)(Context, const char*, Cache*);
  Status (*cc_cache_match)(Context, Principal, Cache*);
  Status (*cc_get_principal)(Context, Cache, Principal*);
  Status (*cc_start_seq_get)(Context, Cache, Cursor*);
  Status (*cc_next_cred)(Context, Cache, Cursor*, Ticket*);
  Status (*cc_end_seq_get)(Context, Cache, Cursor*);
  Status (*cc_close)(Context, Cache);
  void (*free_cred_contents)(Context, Ticket*);
  Status (*kt_resolve)(Context, const char*, Keytab*);
  Status (*kt_client_default)(Context, Keytab*);
  Status (*kt_start_seq_get)(Context, Keytab, Cursor*);
  Status (*kt_next_entry)(Context, Keytab, KeytabEntry*, Cursor*);
  Status (*kt_end_seq_get)(Context, Keytab, Cursor*);
  Status (*kt_close)(Context, Keytab);
  Status (*free_keytab_entry_contents)(Context, KeytabEntry*);
  Status (*parse_name)(Context, const char*, Principal*);
  Status (*unparse_name)(Context, Principal, char**);
  void (*free_unparsed_name)(Context, char*);
  void (*free_principal)(Context, Principal);
  const char* (*get_error_message)(Context, Status);
  void (*free_error_message)(Context, const char*);

  // Opens the library at the first use and keeps it open.
  // @errors UNAVAILABLE when it is not installed.
  // Thread: any.
  static Result<const Library*> Open();
};

}  // namespace latchkey::krb5
