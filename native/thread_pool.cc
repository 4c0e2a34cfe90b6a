// The addon's own threads: queueing and starting them.
#include "thread_pool.h"

#include <utility>

namespace latchkey {

ThreadPool& ThreadPool::Shared() {
  static ThreadPool* pool = new ThreadPool;
  return *pool;
}

bool ThreadPool::Submit(std::function<void()> task) {
  Waiter* next = nullptr;
  {
    std::lock_guard<std::mutex> guard(mutex_);
    if (idle_.empty() && threads_ < kMaxThreads) {
      if (threads_ == 0) KeepLibraryLoaded();
      if (StartDetachedThread(&ThreadPool::RunThread)) ++threads_;
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

void ThreadPool::RunThread() { Shared().ServeTasks(); }

void ThreadPool::ServeTasks() {
  Waiter self;
  std::unique_lock<std::mutex> guard(mutex_);
  for (;;) {
    while (tasks_.empty()) {
      self.is_called = false;
      idle_.push_back(&self);
      self.wake.wait(guard, [&self] { return self.is_called; });
    }
    {
      std::function<void()> task = std::move(tasks_.front());
      tasks_.pop_front();
      guard.unlock();
      task();
      // The task and what it holds are destroyed here, outside the mutex.
    }
    guard.lock();
  }
}

}  // namespace latchkey
