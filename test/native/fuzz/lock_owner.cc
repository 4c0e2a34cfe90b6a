// Lock files with anything in them: who is in the way is told, a file that is given up is taken, nothing is read too
// far.
#include <unistd.h>

#include <cstdint>
#include <string>

#include "../../../native/file_lock.h"
#include "expect.h"
#include "scratch_file.h"

using namespace latchkey;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  static const std::string folder = TheFolder();
  const std::string path = folder + "/lock";
  Write(path, data, size);
  Result<FileLockAttempt> attempt = TryAcquireFileLock(path, "1 fuzz", "");
  Expect(attempt.ok());
  if (!attempt.value().lock) {
    const FileLockAttempt& refused = attempt.value();
    Expect(refused.owner == std::string(reinterpret_cast<const char*>(data), size < 256 ? size : 256));
    Expect(!refused.held_by_system && !refused.fingerprint.empty());
    // Its text counts no more once it was seen long enough.
    attempt = TryAcquireFileLock(path, "1 fuzz", refused.fingerprint);
    Expect(attempt.ok() && attempt.value().lock);
  }
  Expect(attempt.value().lock->Release().ok());
  Expect(access(path.c_str(), F_OK) != 0);
  return 0;
}
