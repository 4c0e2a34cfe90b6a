// Lock files on Linux and macOS: flock as .NET and Python take it, and a record lock as Java takes it.
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <utility>

#include "../file_lock.h"
#include "errors_posix.h"

namespace latchkey {
namespace {

constexpr std::size_t kMaxOwnerBytes = 256;
// How often the file may vanish between two steps before the attempt counts as lost.
constexpr int kMaxRounds = 5;

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor() { Close(); }
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&&) = delete;

  bool valid() const { return fd_ >= 0; }
  int get() const { return fd_; }
  void Close() {
    if (fd_ >= 0) close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
};

FileDescriptor Open(const std::string& path, int flags) {
  int fd;
  do {
    fd = open(path.c_str(), flags | O_RDWR | O_NOFOLLOW | O_CLOEXEC, 0600);
  } while (fd < 0 && errno == EINTR);
  return FileDescriptor(fd);
}

// True when `path` still leads to the open file: releasing removes the file, so a lock may be on one that is gone.
bool IsStillAt(const std::string& path, const FileDescriptor& file) {
  struct stat opened, named;
  return fstat(file.get(), &opened) == 0 && lstat(path.c_str(), &named) == 0 && opened.st_dev == named.st_dev &&
         opened.st_ino == named.st_ino;
}

std::string Fingerprint(const struct stat& status) {
#ifdef __APPLE__
  const struct timespec& modified = status.st_mtimespec;
#else
  const struct timespec& modified = status.st_mtim;
#endif
  std::string text;
  for (const auto part : {static_cast<uint64_t>(status.st_dev), static_cast<uint64_t>(status.st_ino),
                          static_cast<uint64_t>(status.st_size), static_cast<uint64_t>(modified.tv_sec),
                          static_cast<uint64_t>(modified.tv_nsec)}) {
    text += std::to_string(part);
    text += ':';
  }
  return text;
}

std::string ReadOwner(const FileDescriptor& file) {
  char bytes[kMaxOwnerBytes];
  const ssize_t count = pread(file.get(), bytes, sizeof bytes, 0);
  return count > 0 ? std::string(bytes, static_cast<std::size_t>(count)) : std::string();
}

// The text is for people and for owners that hold no lock; a full disk must not keep anybody from locking.
void WriteOwner(const FileDescriptor& file, const std::string& owner) {
  if (ftruncate(file.get(), 0) != 0) return;
  if (pwrite(file.get(), owner.data(), owner.size(), 0) < 0) return;
}

// True only when the text names a process that certainly no longer exists.
bool OwnerIsDead(const std::string& owner) {
  // .NET begins the text with a byte order mark.
  const std::size_t start = owner.rfind("\xEF\xBB\xBF", 0) == 0 ? 3 : 0;
  int pid = 0;
  const auto parsed = std::from_chars(owner.data() + start, owner.data() + owner.size(), pid);
  if (parsed.ec != std::errc() || pid <= 0) return false;
  return kill(pid, 0) != 0 && errno == ESRCH;
}

enum class Taken { kYes, kNo, kError };

// A record lock as Java takes it. macOS needs none: there flock and record locks exclude each other.
Taken TakeRecordLock([[maybe_unused]] const FileDescriptor& file) {
#ifdef F_OFD_SETLK
  struct flock range = {};
  range.l_type = F_WRLCK;
  range.l_whence = SEEK_SET;
  // Owned by the open file: the process-owned kind vanishes as soon as anybody here closes the same file.
  if (fcntl(file.get(), F_OFD_SETLK, &range) == 0) return Taken::kYes;
  // Kernels before 3.15 and gVisor know only the process-owned kind.
  if (errno == EINVAL && fcntl(file.get(), F_SETLK, &range) == 0) return Taken::kYes;
  return errno == EAGAIN || errno == EACCES ? Taken::kNo : Taken::kError;
#else
  return Taken::kYes;
#endif
}

// Both kinds of lock or, in effect, none: whoever gets kNo or kError closes the file.
Taken TakeLocks(const FileDescriptor& file) {
  if (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    return errno == EWOULDBLOCK ? Taken::kNo : Taken::kError;
  }
  return TakeRecordLock(file);
}

class PosixFileLock final : public FileLock {
 public:
  PosixFileLock(std::string path, FileDescriptor file) : path_(std::move(path)), file_(std::move(file)) {}
  ~PosixFileLock() override { Release(); }

  // Removes first and unlocks then, as .NET does: the other way round, the next owner's file would be removed.
  Result<Done> Release() override {
    if (!file_.valid()) return Done{};
    int failure = 0;
    if (IsStillAt(path_, file_) && unlink(path_.c_str()) != 0 && errno != ENOENT) failure = errno;
    file_.Close();
    if (failure != 0) return PosixError("unlink", failure);
    return Done{};
  }

 private:
  std::string path_;
  FileDescriptor file_;
};

FileLockAttempt Acquired(const std::string& path, FileDescriptor file, const std::string& owner) {
  WriteOwner(file, owner);
  FileLockAttempt attempt;
  attempt.lock = std::make_unique<PosixFileLock>(path, std::move(file));
  return attempt;
}

FileLockAttempt Refused(bool held_by_system, std::string owner, std::string fingerprint) {
  return FileLockAttempt{nullptr, held_by_system, std::move(owner), std::move(fingerprint)};
}

// Empty when the file vanished meanwhile, so that the attempt starts over.
using Round = std::optional<Result<FileLockAttempt>>;

Round LockNewFile(const std::string& path, FileDescriptor file, const std::string& owner) {
  const Taken taken = TakeLocks(file);
  if (taken == Taken::kError) {
    NativeError error = PosixError("flock", errno);
    unlink(path.c_str());
    return Result<FileLockAttempt>(std::move(error));
  }
  if (!IsStillAt(path, file)) return std::nullopt;
  if (taken == Taken::kNo) return Result<FileLockAttempt>(Refused(true, "", ""));
  return Result<FileLockAttempt>(Acquired(path, std::move(file), owner));
}

Round LockExistingFile(const std::string& path, const std::string& owner, const std::string& abandoned) {
  FileDescriptor file = Open(path, 0);
  if (!file.valid()) {
    if (errno == ENOENT) return std::nullopt;
    return Result<FileLockAttempt>(PosixError("open", errno));
  }
  struct stat status;
  if (fstat(file.get(), &status) != 0) {
    return Result<FileLockAttempt>(PosixError("fstat", errno));
  }
  // With a second name it may be anybody's file, which is not to be written to.
  if (!S_ISREG(status.st_mode) || status.st_nlink > 1) return Result<FileLockAttempt>(PosixError("open", EPERM));

  // An owner that is alive, or has not written its text yet, is left alone: even a lock of a few microseconds could
  // make the owner's own attempt fail.
  std::string previous = ReadOwner(file);
  std::string fingerprint = Fingerprint(status);
  if (!OwnerIsDead(previous) && fingerprint != abandoned) {
    return Result<FileLockAttempt>(Refused(false, std::move(previous), std::move(fingerprint)));
  }
  const Taken taken = TakeLocks(file);
  if (taken == Taken::kError) return Result<FileLockAttempt>(PosixError("flock", errno));
  if (taken == Taken::kNo) {
    return Result<FileLockAttempt>(Refused(true, std::move(previous), std::move(fingerprint)));
  }
  // Now that nobody else can take it: is it still the file that was judged above?
  if (!IsStillAt(path, file)) return std::nullopt;
  if (fstat(file.get(), &status) != 0 || Fingerprint(status) != fingerprint) return std::nullopt;
  return Result<FileLockAttempt>(Acquired(path, std::move(file), owner));
}

}  // namespace

Result<FileLockAttempt> TryAcquireFileLock(const std::string& path, const std::string& owner,
                                           const std::string& abandoned) {
  for (int round = 0; round < kMaxRounds; ++round) {
    FileDescriptor file = Open(path, O_CREAT | O_EXCL);
    if (!file.valid() && errno != EEXIST) return PosixError("open", errno);
    Round ended = file.valid() ? LockNewFile(path, std::move(file), owner) : LockExistingFile(path, owner, abandoned);
    if (ended) return std::move(*ended);
  }
  return Refused(true, "", "");
}

}  // namespace latchkey
