// errno → code and text.
#include "errors_posix.h"

#include <cerrno>
#include <system_error>

namespace latchkey {
namespace {

const char* CodeOf(int error_number) {
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
      return "NOT_FOUND";
    case EACCES:
    case EPERM:
    case EROFS:
    case ELOOP:  // what O_NOFOLLOW answers for a symbolic link
      return "DENIED";
    case ENOLCK:
    case ENOSYS:
    case ENOTSUP:
      return "UNAVAILABLE";
    default:
      return "FAILED";
  }
}

}  // namespace

NativeError PosixError(const char* call, int error_number) {
  // generic_category is thread-safe, unlike strerror, and has no GNU and POSIX variants, unlike strerror_r.
  return NativeError{CodeOf(error_number), call, error_number, 0, std::generic_category().message(error_number)};
}

}  // namespace latchkey
