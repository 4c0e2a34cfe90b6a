// The addon's own threads: four at most for each kind of work, started when there is some.
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

  // The pools of this process, shared by its main thread and its worker threads. Never destroyed: a thread that is
  // stuck in a system call must not keep the process from ending, so nobody ever waits for one.

  // For work that this machine alone is asked for.
  static ThreadPool& Shared();

  // For work that may wait for a server as long as that likes: no file lock stands behind it.
  static ThreadPool& ForServers();

  // For work that waits for the store of secrets, and with it for a person: neither stands behind a server, and no
  // server behind a dialog.
  static ThreadPool& ForSecrets();

  // For work that waits for the system that shows windows: a server that hangs, or a shell that takes its time.
  static ThreadPool& ForDesktop();

  // Runs `task` on one of the threads, in the order of submission. False when not even one thread can be started.
  // Thread: any.
  bool Submit(std::function<void()> task);

  // Whether a task that is submitted now would be begun at once. Thread: any.
  bool HasRoom();

  // Lets what is under way come to its end, for as long as a step takes that waits for nobody; nothing is begun any
  // more. The libraries that the threads are in are torn down after this, and one that finds its locks gone aborts the
  // process. Thread: the one that ends the process.
  void Finish();

 private:
  // Functions without arguments, that do it for this pool.
  ThreadPool(void (*serve)(), void (*finish)()) : serve_(serve), finish_(finish) {}
  void ServeTasks();

  // On the stack of its thread, which never ends.
  struct Waiter {
    std::condition_variable wake;
    bool is_called = false;
  };

  void (*const serve_)();
  void (*const finish_)();
  std::mutex mutex_;
  std::deque<std::function<void()>> tasks_;
  std::size_t threads_ = 0;
  std::size_t running_ = 0;
  bool finished_ = false;
  std::condition_variable at_rest_;
  // The last one to have worked is called first: its memory is still in the processor's cache.
  std::vector<Waiter*> idle_;
};

// Starts a thread that nobody joins; false when the system refuses. One implementation a platform.
bool StartDetachedThread(void (*entry)());

// Has `hook` called when the process ends and all libraries are still whole. Not on Windows, where all other threads
// are gone by then. One implementation a platform.
void BeforeExit(void (*hook)());

// Keeps this library in memory for the life of the process: Node unloads an addon together with the last worker thread
// that used it, but our threads may still be running its code. One implementation a platform.
void KeepLibraryLoaded();

}  // namespace latchkey
