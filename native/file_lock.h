// Locks on a lock file that the operating system holds for this process, in the way that other MSALs take them too.
#pragma once

#include <memory>
#include <string>

#include "result.h"

namespace latchkey {

// A held lock. Destroying it releases it.
// Owns: the open file. Thread: any, one at a time.
class FileLock {
 public:
  virtual ~FileLock() = default;
  // Removes the file and lets go of the lock. Calling it again does nothing.
  virtual Result<Done> Release() = 0;
};

// How an attempt ended. When `lock` is empty, the rest says who is in the way.
struct FileLockAttempt {
  std::unique_ptr<FileLock> lock;
  bool held_by_system = false;  // the operating system says that somebody holds it
  std::string owner;            // what the file says, for example "4711 node"; may be empty
  std::string fingerprint;      // changes whenever the file is another one or has been written to
};

// Tries once to take the lock, without waiting for anybody.
//
// Shape: `path` is the lock file, UTF-8; `owner` is the text to write into it; `abandoned` is empty, or the fingerprint
// of a file that the caller has seen long enough to be sure that its owner, although alive, forgot it.
// Thread: pool.
Result<FileLockAttempt> TryAcquireFileLock(const std::string& path, const std::string& owner,
                                           const std::string& abandoned);

}  // namespace latchkey
