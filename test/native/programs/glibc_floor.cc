// Uses what native/linux/glibc_floor.cc has in place of a newer glibc, and prints what came of it.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <thread>

extern "C" void __explicit_bzero_chk(void* data, std::size_t size, std::size_t room) noexcept;

namespace {

using Clock = std::chrono::steady_clock;

std::mutex mutex;
std::condition_variable condition;
bool is_done = false;

// Waits on the clock that nobody sets, so with pthread_cond_clockwait.
void Wait(const char* name, std::chrono::milliseconds time) {
  const Clock::time_point begin = Clock::now();
  std::unique_lock<std::mutex> lock(mutex);
  const bool done = condition.wait_for(lock, time, [] { return is_done; });
  const auto taken = Clock::now() - begin;
  const char* length = taken < time ? "less" : taken < time + std::chrono::seconds(10) ? "as long" : "too long";
  std::printf("%s: %s, %s\n", name, done ? "done" : "not done", length);
}

void Waits() {
  Wait("a moment", std::chrono::milliseconds(30));
  Wait("longer than its own waits", std::chrono::milliseconds(2200));
  Wait("the past", std::chrono::milliseconds(-5000));
  std::thread other([] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    std::lock_guard<std::mutex> lock(mutex);
    is_done = true;
    condition.notify_all();
  });
  Wait("for another thread", std::chrono::seconds(60));
  other.join();
}

void Files(const char* file, const char* link) {
  struct stat found {};
  int answer = lstat(link, &found);
  std::printf("lstat: %d %d\n", answer, S_ISLNK(found.st_mode));
  const int opened = open(file, O_RDONLY);
  answer = fstat(opened, &found);
  std::printf("fstat: %d %lld %o\n", answer, static_cast<long long>(found.st_size), found.st_mode & 0777);
  close(opened);
  std::printf("fstat of nothing: %d\n", fstat(-1, &found));
}

void Wiping() {
  char secret[32];
  std::memset(secret, 'x', sizeof secret);
  __explicit_bzero_chk(secret, 16, sizeof secret);
  std::printf("wiped: %d %c\n", secret[0] == 0 && secret[15] == 0, secret[16]);
  // The compiler is not to see it.
  const volatile std::size_t too_much = 64;
  const pid_t child = fork();
  if (child == 0) {
    __explicit_bzero_chk(secret, too_much, sizeof secret);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  std::printf("wiping more than there is ends the process: %d\n", WIFSIGNALED(status));
}

}  // namespace

int main(int, char** arguments) {
  // A child would print again what is not written yet.
  std::setvbuf(stdout, nullptr, _IONBF, 0);
  Waits();
  Files(arguments[1], arguments[2]);
  Wiping();
}
