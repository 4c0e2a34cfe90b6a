// What an old glibc lacks and newer headers take for granted: for prebuilds, which are linked with the functions of
// glibc 2.17 (LATCHKEY_GLIBC_FLOOR). Nothing here is seen outside of the library.
#include <dlfcn.h>
#include <pthread.h>
#include <sys/single_threaded.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <ctime>

#if defined(__x86_64__)
constexpr int kVersionOfStat = 1;
#elif defined(__aarch64__)
constexpr int kVersionOfStat = 0;
#endif

namespace {

// The empty instruction may read the memory for all that the compiler knows, so it cannot leave the writing out.
void Overwrite(void* data, std::size_t size) {
  std::memset(data, 0, size);
  __asm__ __volatile__("" : : "r"(data) : "memory");
}

}  // namespace

extern "C" {

// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): glibc's own names

// Until 2.33 a header made the first of these out of the second, with the layout of the structure as a number.
int __fxstat(int version, int file, struct stat* found) noexcept;
int __lxstat(int version, const char* path, struct stat* found) noexcept;

int fstat(int file, struct stat* found) noexcept { return __fxstat(kVersionOfStat, file, found); }

int lstat(const char* path, struct stat* found) noexcept { return __lxstat(kVersionOfStat, path, found); }

// 2.25. What _FORTIFY_SOURCE makes of the first is the second: `room` is how long the object is, or the largest number.
void explicit_bzero(void* data, std::size_t size) noexcept { Overwrite(data, size); }

void __explicit_bzero_chk(void* data, std::size_t size, std::size_t room) noexcept {
  if (size > room) __builtin_trap();
  Overwrite(data, size);
}

// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

// 2.30: waits on a clock that nobody sets. An old glibc waits on the one that can be set, so it is asked to wait for a
// second at most; that a wait may end without a reason is known to whoever waits on a condition.
int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock, const timespec* until) {
  constexpr long kSecond = 1'000'000'000;
  timespec now{};
  timespec end{};
  if (clock_gettime(clock, &now) != 0 || clock_gettime(CLOCK_REALTIME, &end) != 0) return EINVAL;
  const time_t seconds = until->tv_sec - now.tv_sec;
  const long rest = seconds > 1 ? kSecond : seconds < -1 ? 0 : seconds * kSecond + until->tv_nsec - now.tv_nsec;
  if (rest <= 0) return ETIMEDOUT;
  end.tv_nsec += rest < kSecond ? rest : kSecond;
  if (end.tv_nsec >= kSecond) {
    end.tv_nsec -= kSecond;
    end.tv_sec += 1;
  }
  const int answer = pthread_cond_timedwait(condition, mutex, &end);
  return answer == ETIMEDOUT && rest > kSecond ? 0 : answer;
}

// 2.32: true would let the C++ library count references without atomic instructions.
char __libc_single_threaded = 0;

// 2.35: finds what unwinds the stack at an address. Nothing is thrown here, and an exception that meets code without
// such data ends the process, as one that nobody catches does.
int _dl_find_object(void*, struct dl_find_object*) noexcept { return -1; }

}  // extern "C"
