// The addon's own threads: at most four, started when there is work for them.
// libuv's pool is left alone, because a call that waits for a server or a person would hold up everybody's fs.readFile.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

namespace latchkey {

class ThreadPool {
 public:
  static constexpr std::size_t kMaxThreads = 4;

  // The pool of this process, shared by its main thread and its worker threads. Never destroyed: a thread that is
  // stuck in a system call must not keep the process from ending, so nobody ever waits for one.
  static ThreadPool& Shared();

  // Runs `task` on one of the threads, in the order of submission. False when not even one thread can be started.
  // Thread: any.
  bool Submit(std::function<void()> task);

 private:
  static void RunThread();
  void ServeTasks();

  // On the stack of its thread, which never ends.
  struct Waiter {
    std::condition_variable wake;
    bool is_called = false;
  };

  std::mutex mutex_;
  std::deque<std::function<void()>> tasks_;
  std::size_t threads_ = 0;
  // The last one to have worked is called first: its memory is still in the processor's cache.
  std::vector<Waiter*> idle_;
};

// Starts a thread that nobody joins; false when the system refuses. One implementation a platform.
bool StartDetachedThread(void (*entry)());

// Keeps this library in memory for the life of the process: Node unloads an addon together with the last worker thread
// that used it, but our threads may still be running its code. One implementation a platform.
void KeepLibraryLoaded();

}  // namespace latchkey
