// Lock files on Windows: share modes and delete on close, as .NET takes them.
#include <windows.h>

#include <utility>

#include "../file_lock.h"
#include "errors_windows.h"
#include "utf8_windows.h"

namespace latchkey {
namespace {

constexpr DWORD kMaxOwnerBytes = 256;
constexpr LONG kStatusDeletePending = static_cast<LONG>(0xC0000056);

class FileHandle {
 public:
  explicit FileHandle(HANDLE handle) : handle_(handle) {}
  ~FileHandle() { Close(); }
  FileHandle(FileHandle&& other) noexcept : handle_(std::exchange(other.handle_, INVALID_HANDLE_VALUE)) {}
  FileHandle& operator=(FileHandle&&) = delete;

  bool valid() const { return handle_ != INVALID_HANDLE_VALUE; }
  HANDLE get() const { return handle_; }
  void Close() {
    if (valid()) CloseHandle(std::exchange(handle_, INVALID_HANDLE_VALUE));
  }

 private:
  HANDLE handle_;
};

// The file that the last owner is just closing answers "access denied", like one that may not be written; only the NT
// status tells them apart.
bool IsBeingDeleted() {
  using LastStatus = LONG(NTAPI*)();
  const HMODULE ntdll = GetModuleHandleW(L"ntdll.dll");
  if (ntdll == nullptr) return false;
  const FARPROC found = GetProcAddress(ntdll, "RtlGetLastNtStatus");
  if (found == nullptr) return false;
  return reinterpret_cast<LastStatus>(reinterpret_cast<void*>(found))() == kStatusDeletePending;
}

std::string ReadOwner(const std::wstring& path) {
  // An owner shares reading only with those who tolerate everything that the owner does.
  const FileHandle file(CreateFileW(path.c_str(), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                    nullptr, OPEN_EXISTING, FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
  if (!file.valid()) return "";
  char bytes[kMaxOwnerBytes];
  DWORD count = 0;
  if (!ReadFile(file.get(), bytes, sizeof bytes, &count, nullptr)) return "";
  return std::string(bytes, count);
}

// The text is for people; a full disk must not keep anybody from locking.
void WriteOwner(const FileHandle& file, const std::string& owner) {
  DWORD count = 0;
  if (!SetEndOfFile(file.get())) return;
  WriteFile(file.get(), owner.data(), static_cast<DWORD>(owner.size()), &count, nullptr);
}

class WindowsFileLock final : public FileLock {
 public:
  explicit WindowsFileLock(FileHandle file) : file_(std::move(file)) {}

  // The file was opened to be deleted on close, so that it goes away with a crashed process too.
  Result<Done> Release() override {
    file_.Close();
    return Done{};
  }

 private:
  FileHandle file_;
};

}  // namespace

// `abandoned` is not needed here: whoever has the file open keeps it, and a file that nobody has open is free.
Result<FileLockAttempt> TryAcquireFileLock(const std::string& path, const std::string& owner,
                                           const std::string& /*abandoned*/) {
  const std::wstring wide = ToUtf16(path);
  FileHandle file(CreateFileW(wide.c_str(), GENERIC_READ | GENERIC_WRITE | DELETE, FILE_SHARE_READ, nullptr,
                              OPEN_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE | FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
  FileLockAttempt attempt;
  if (!file.valid()) {
    const DWORD error = GetLastError();
    const bool being_deleted = error == ERROR_ACCESS_DENIED && IsBeingDeleted();
    if (error != ERROR_SHARING_VIOLATION && !being_deleted) {
      return WindowsError("CreateFileW", error);
    }
    attempt.held_by_system = true;
    if (!being_deleted) attempt.owner = ReadOwner(wide);
    return attempt;
  }
  WriteOwner(file, owner);
  attempt.lock = std::make_unique<WindowsFileLock>(std::move(file));
  return attempt;
}

}  // namespace latchkey
