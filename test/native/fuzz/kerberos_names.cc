// Names of services, principals and caches on their way to GSSAPI, and statuses and texts on their way back, over a
// stand-in that fails as it likes.
#include <fuzzer/FuzzedDataProvider.h>

#include <cstring>

#include "../../../native/posix/errors_gssapi.h"
#include "../../../native/posix/gssapi_credentials.h"
#include "expect.h"

using namespace latchkey;
using namespace latchkey::gssapi;

namespace {

FuzzedDataProvider* input;
std::string imported;
const Oid* imported_as;
int names = 0;
int buffers = 0;
int credentials = 0;

Word FailOrNot(Word* minor) {
  *minor = input->ConsumeIntegral<Word>();
  return input->ConsumeBool() ? 0 : input->ConsumeIntegral<Word>();
}

Word ImportName(Word* minor, Buffer* text, Oid* kind, NameHandle* name) {
  imported.assign(static_cast<const char*>(text->value), text->length);
  imported_as = kind;
  const Word major = FailOrNot(minor);
  if (ErrorOf(major) == 0) *name = reinterpret_cast<NameHandle>(static_cast<uintptr_t>(++names));
  return major;
}

Word ReleaseName(Word*, NameHandle* name) {
  --names;
  *name = nullptr;
  return 0;
}

Word AcquireFrom(Word* minor, NameHandle, Word, OidSet*, int, const KeyValueSet* store, CredentialHandle* credential,
                 OidSet**, Word*) {
  for (Word i = 0; i < store->count; ++i) Expect(std::strlen(store->elements[i].value) > 0);
  const Word major = FailOrNot(minor);
  if (ErrorOf(major) == 0) *credential = reinterpret_cast<CredentialHandle>(static_cast<uintptr_t>(++credentials));
  return major;
}

Word Acquire(Word* minor, NameHandle, Word, OidSet*, int, CredentialHandle* credential, OidSet**, Word*) {
  const Word major = FailOrNot(minor);
  if (ErrorOf(major) == 0) *credential = reinterpret_cast<CredentialHandle>(static_cast<uintptr_t>(++credentials));
  return major;
}

Word ReleaseCredential(Word*, CredentialHandle* credential) {
  --credentials;
  *credential = nullptr;
  return 0;
}

Word SetMechanisms(Word* minor, CredentialHandle, OidSet* wanted) {
  Expect(wanted->count == 1 || wanted->count == 2);
  return FailOrNot(minor);
}

Word DisplayStatus(Word* minor, Word, int, Oid*, Word* more, Buffer* text) {
  const Word major = FailOrNot(minor);
  if (ErrorOf(major) != 0) return major;
  const std::string answer = input->ConsumeRandomLengthString(64);
  // Not ended by a null byte.
  text->value = std::malloc(answer.size() + 1);
  text->length = answer.size();
  std::memcpy(text->value, answer.data(), answer.size());
  ++buffers;
  *more = input->remaining_bytes() > 0 && input->ConsumeBool() ? 1 : 0;
  return major;
}

Word ReleaseBuffer(Word*, Buffer* text) {
  std::free(text->value);
  *text = Buffer{0, nullptr};
  --buffers;
  return 0;
}

std::string Text() {
  std::string text = input->ConsumeRandomLengthString(64);
  // The binding refuses those.
  for (char& character : text) character = character == '\0' ? '/' : character;
  return text;
}

void Judge(const NativeError& error) {
  Expect(error.code != nullptr && error.call != nullptr);
  Expect(error.message.size() < 100'000);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  FuzzedDataProvider provider(data, size);
  input = &provider;
  Library library{};
  library.import_name = ImportName;
  library.release_name = ReleaseName;
  library.acquire_cred = Acquire;
  library.acquire_cred_from = input->ConsumeBool() ? AcquireFrom : nullptr;
  library.release_cred = ReleaseCredential;
  library.set_neg_mechs = input->ConsumeBool() ? SetMechanisms : nullptr;
  library.display_status = DisplayStatus;
  library.release_buffer = ReleaseBuffer;
  {
    const std::string service = Text();
    Result<Name> name = ImportService(library, service);
    if (!name.ok()) Judge(name.error());
    const std::size_t slash = service.find('/');
    Expect(imported.size() == service.size());
    // Only one slash, and no realm, make it a host's service.
    if (imported_as == &kHostBasedService) {
      Expect(imported[slash] == '@' && service.find_first_of("/@", slash + 1) == std::string::npos);
    } else {
      Expect(imported == service);
    }
  }
  {
    NegotiateCredentials who;
    who.client_keytab = Text();
    who.credential_cache = Text();
    who.principal = Text();
    if (!CheckUsable(library, who).ok()) return 0;
    Result<Credential> credential = Acquire(library, who, input->ConsumeBool() ? &kSpnego : &kKerberos, false);
    if (!credential.ok()) Judge(credential.error());
  }
  Expect(names == 0 && credentials == 0 && buffers == 0);
  return 0;
}
