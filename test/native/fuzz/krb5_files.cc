// Credential caches and keytabs with anything in them, read by the system's own Kerberos library and, from what that
// makes of them, by ours.
#include <cstdint>
#include <string>

#include "../../../native/negotiate.h"
#include "expect.h"
#include "scratch_file.h"

using namespace latchkey;

namespace {

void Judge(const NegotiateCredentials& who) {
  Result<std::optional<CredentialStatus>> status = InspectCredentials(who);
  if (!status.ok()) {
    const std::string code = status.error().code;
    // It is the machine that lacks something.
    Expect(code != "UNAVAILABLE");
    Expect(status.error().message.size() < 4'096);
  } else if (status.value()) {
    Expect(status.value()->expires_on >= 0);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  static const std::string path = TheFolder() + "/file";
  Write(path, data, size);
  NegotiateCredentials cache;
  cache.credential_cache = "FILE:" + path;
  Judge(cache);
  NegotiateCredentials keytab;
  keytab.client_keytab = "FILE:" + path;
  Judge(keytab);
  return 0;
}
