// Threads for work that may never end.
#include "within_time.h"

#include <atomic>
#include <deque>

#include "thread_pool.h"

namespace latchkey {
namespace {

constexpr int kMostOverdue = 4;

std::atomic<int> overdue{0};

// The tasks of threads that are just being started, since a thread's entry takes no argument. Never destroyed, as the
// threads are not.
struct Waiting {
  std::mutex mutex;
  std::deque<std::function<void()>> tasks;
};

Waiting& TheWaiting() {
  static Waiting* waiting = new Waiting;
  return *waiting;
}

void RunOne() {
  std::function<void()> task;
  {
    std::lock_guard<std::mutex> guard(TheWaiting().mutex);
    task = std::move(TheWaiting().tasks.front());
    TheWaiting().tasks.pop_front();
  }
  task();
}

}  // namespace

bool RunDetached(std::function<void()> task) {
  KeepLibraryLoaded();
  // Under the mutex until the thread is there, so that a task whose thread cannot be started is the last of the queue.
  std::lock_guard<std::mutex> guard(TheWaiting().mutex);
  TheWaiting().tasks.push_back(std::move(task));
  if (StartDetachedThread(RunOne)) return true;
  TheWaiting().tasks.pop_back();
  return false;
}

bool MayBegin() { return overdue < kMostOverdue; }

void CountOverdue(int change) { overdue += change; }

}  // namespace latchkey
