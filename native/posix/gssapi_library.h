// The part of GSSAPI that we use (RFC 2744), opened at run time: MIT Kerberos on Linux, GSS.framework on macOS.
// Its types are declared here, so that building needs no headers and loading the addon needs no library.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../result.h"

namespace latchkey::gssapi {

using Word = uint32_t;  // OM_uint32

// MIT Kerberos and, to agree with it, GSS.framework pack their structures on Intel Macs.
#if defined(__APPLE__) && defined(__x86_64__)
#pragma pack(push, 2)
#endif
struct Oid {
  Word length;
  void* elements;
};
struct OidSet {
  std::size_t count;
  Oid* elements;
};
struct Buffer {
  std::size_t length;
  void* value;
};
struct ChannelBindings {
  Word initiator_address_type;
  Buffer initiator_address;
  Word acceptor_address_type;
  Buffer acceptor_address;
  Buffer application_data;
};
#if defined(__APPLE__) && defined(__x86_64__)
#pragma pack(pop)
static_assert(sizeof(Oid) == 12 && sizeof(ChannelBindings) == 56);
#else
static_assert(sizeof(Oid) == 2 * sizeof(void*));
#endif

// An extension of MIT's, which does not pack it.
struct KeyValue {
  const char* key;
  const char* value;
};
struct KeyValueSet {
  Word count;
  KeyValue* elements;
};

using NameHandle = struct NameRecord*;
using CredentialHandle = struct CredentialRecord*;
using ContextHandle = struct ContextRecord*;

constexpr Word kInitiate = 1;        // GSS_C_INITIATE
constexpr Word kMutualFlag = 2;      // GSS_C_MUTUAL_FLAG
constexpr Word kReplayFlag = 4;      // GSS_C_REPLAY_FLAG
constexpr Word kSequenceFlag = 8;    // GSS_C_SEQUENCE_FLAG
constexpr Word kIntegrityFlag = 32;  // GSS_C_INTEG_FLAG
constexpr Word kContinueNeeded = 1;  // GSS_S_CONTINUE_NEEDED
constexpr int kMajorStatus = 1;      // GSS_C_GSS_CODE
constexpr int kMinorStatus = 2;      // GSS_C_MECH_CODE
constexpr Word kIndefinite = 0xFFFFFFFF;

// The routine error of a major status; 0 when the call succeeded (RFC 2744 § 3.9.1).
constexpr Word ErrorOf(Word major) { return major & 0xFFFF0000; }

// The mechanisms and kinds of names that we know. Never written to, although the interface takes no constants.
extern Oid kSpnego;
extern Oid kKerberos;
extern Oid kKerberosOfMicrosoft;  // a number that Windows once got wrong and still offers
extern Oid kNtlm;
extern Oid kHostBasedService;
extern Oid kPrincipalName;
bool AreEqual(const Oid* left, const Oid& right);

// Every function takes the minor status first.
struct Library {
  Word (*import_name)(Word*, Buffer*, Oid*, NameHandle*);
  Word (*display_name)(Word*, NameHandle, Buffer*, Oid**);
  Word (*release_name)(Word*, NameHandle*);
  Word (*acquire_cred)(Word*, NameHandle, Word, OidSet*, int, CredentialHandle*, OidSet**, Word*);
  Word (*inquire_cred)(Word*, CredentialHandle, NameHandle*, Word*, int*, OidSet**);
  Word (*release_cred)(Word*, CredentialHandle*);
  Word (*init_sec_context)(Word*, CredentialHandle, ContextHandle*, NameHandle, Oid*, Word, Word, ChannelBindings*,
                           Buffer*, Oid**, Buffer*, Word*, Word*);
  Word (*delete_sec_context)(Word*, ContextHandle*, Buffer*);
  Word (*release_buffer)(Word*, Buffer*);
  Word (*display_status)(Word*, Word, int, Oid*, Word*, Buffer*);
  // Null in GSS.framework.
  Word (*acquire_cred_from)(Word*, NameHandle, Word, OidSet*, int, const KeyValueSet*, CredentialHandle*, OidSet**,
                            Word*);
  Word (*set_neg_mechs)(Word*, CredentialHandle, OidSet*);

  // Opens the library at the first use and keeps it open.
  // @errors UNAVAILABLE when it is not installed.
  // Thread: any.
  static Result<const Library*> Open();
};

// Has the configuration of Kerberos kept in memory, as far as that can be done. One implementation a platform.
// Thread: any, once.
void KeepConfiguration();

}  // namespace latchkey::gssapi
