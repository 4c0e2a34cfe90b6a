// The addon's own threads: queueing and starting them.
#include "thread_pool.h"

#include <chrono>
#include <utility>

namespace latchkey {
namespace {

// A step takes a millisecond; one that waits for a server would not touch a lock for longer than the process has.
constexpr std::chrono::milliseconds kLongestFinish(100);

}  // namespace

ThreadPool& ThreadPool::Shared() {
  static ThreadPool* pool = new ThreadPool([] { Shared().ServeTasks(); }, [] { Shared().Finish(); });
  return *pool;
}

ThreadPool& ThreadPool::ForServers() {
  static ThreadPool* pool = new ThreadPool([] { ForServers().ServeTasks(); }, [] { ForServers().Finish(); });
  return *pool;
}

ThreadPool& ThreadPool::ForSecrets() {
  static ThreadPool* pool = new ThreadPool([] { ForSecrets().ServeTasks(); }, [] { ForSecrets().Finish(); });
  return *pool;
}

ThreadPool& ThreadPool::ForDesktop() {
  static ThreadPool* pool = new ThreadPool([] { ForDesktop().ServeTasks(); }, [] { ForDesktop().Finish(); });
  return *pool;
}

bool ThreadPool::Submit(std::function<void()> task) {
  Waiter* next = nullptr;
  {
    std::lock_guard<std::mutex> guard(mutex_);
    if (idle_.empty() && threads_ < kMaxThreads) {
      if (threads_ == 0) {
        KeepLibraryLoaded();
        BeforeExit(finish_);
      }
      if (StartDetachedThread(serve_)) ++threads_;
      if (threads_ == 0) return false;
    }
    tasks_.push_back(std::move(task));
    if (!idle_.empty()) {
      next = idle_.back();
      idle_.pop_back();
      next->is_called = true;
    }
  }
  // Not under the mutex, which the thread would only wait for.
  if (next != nullptr) next->wake.notify_one();
  return true;
}

bool ThreadPool::HasRoom() {
  std::lock_guard<std::mutex> guard(mutex_);
  return tasks_.empty() && (!idle_.empty() || threads_ < kMaxThreads);
}

void ThreadPool::ServeTasks() {
  Waiter self;
  std::unique_lock<std::mutex> guard(mutex_);
  for (;;) {
    while (tasks_.empty() || finished_) {
      self.is_called = false;
      idle_.push_back(&self);
      self.wake.wait(guard, [&self] { return self.is_called; });
    }
    {
      std::function<void()> task = std::move(tasks_.front());
      tasks_.pop_front();
      ++running_;
      guard.unlock();
      task();
      // The task and what it holds are destroyed here, outside the mutex.
    }
    guard.lock();
    if (--running_ == 0) at_rest_.notify_all();
  }
}

void ThreadPool::Finish() {
  std::unique_lock<std::mutex> guard(mutex_);
  finished_ = true;
  at_rest_.wait_for(guard, kLongestFinish, [this] { return running_ == 0; });
}

}  // namespace latchkey
