// The addon's own threads: queueing and starting them.
#include "thread_pool.h"

#include <utility>

namespace latchkey {

ThreadPool& ThreadPool::Shared() {
  static ThreadPool* pool = new ThreadPool;
  return *pool;
}

bool ThreadPool::Submit(std::function<void()> task) {
  {
    std::lock_guard<std::mutex> guard(mutex_);
    if (tasks_.size() >= idle_ && threads_ < kMaxThreads) {
      if (threads_ == 0) KeepLibraryLoaded();
      if (StartDetachedThread(&ThreadPool::RunThread)) ++threads_;
      if (threads_ == 0) return false;
    }
    tasks_.push_back(std::move(task));
  }
  // Not under the mutex, which the thread would only wait for.
  wake_.notify_one();
  return true;
}

void ThreadPool::RunThread() { Shared().ServeTasks(); }

void ThreadPool::ServeTasks() {
  std::unique_lock<std::mutex> guard(mutex_);
  for (;;) {
    ++idle_;
    wake_.wait(guard, [this] { return !tasks_.empty(); });
    --idle_;
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
