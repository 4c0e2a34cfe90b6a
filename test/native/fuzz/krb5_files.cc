// Credential caches and keytabs with anything in them, read by the system's own Kerberos library and, from what that
// makes of them, by ours.
#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "../../../native/negotiate.h"
#include "expect.h"

using namespace latchkey;

namespace {

std::string TheFolder() {
  char name[] = "latchkey-fuzz-XXXXXX";
  Expect(mkdtemp(name) != nullptr);
  return name;
}

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
  const int file = open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  Expect(file >= 0 && write(file, data, size) == static_cast<ssize_t>(size));
  close(file);
  NegotiateCredentials cache;
  cache.credential_cache = "FILE:" + path;
  Judge(cache);
  NegotiateCredentials keytab;
  keytab.client_keytab = "FILE:" + path;
  Judge(keytab);
  return 0;
}
