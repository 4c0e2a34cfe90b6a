// AppKit's objects are the main thread's alone: work is sent there, and not waited for longer than it may take.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "objc_runtime.h"

namespace latchkey {

// An application that answers to its user does so much sooner.
constexpr std::chrono::milliseconds kMainThreadLimit(2'000);

// What `work` gives on the main thread, or TIMEOUT. What has not begun by then never does.
// Thread: any but the main one, which would wait for itself.
template <class T>
Result<T> OnMainThread(const objc::Runtime& runtime, std::function<Result<T>(const objc::Runtime&)> work) {
  struct Task {
    objc::Runtime runtime;
    std::function<Result<T>(const objc::Runtime&)> work;
    std::mutex mutex;
    std::condition_variable is_done;
    std::optional<Result<T>> result;
    bool is_given_up = false;
  };
  auto task = std::make_shared<Task>();
  task->runtime = runtime;
  task->work = std::move(work);
  runtime.run_async(runtime.main_queue, new std::shared_ptr<Task>(task), [](void* context) {
    const std::unique_ptr<std::shared_ptr<Task>> owned(static_cast<std::shared_ptr<Task>*>(context));
    Task& task = **owned;
    // Held during the work, so that a caller who gives up knows whether it was done.
    std::lock_guard<std::mutex> guard(task.mutex);
    if (task.is_given_up) return;
    task.result.emplace(task.work(task.runtime));
    task.is_done.notify_all();
  });
  std::unique_lock<std::mutex> guard(task->mutex);
  if (task->is_done.wait_for(guard, kMainThreadLimit, [&task] { return task->result.has_value(); })) {
    return std::move(*task->result);
  }
  task->is_given_up = true;
  return NativeError{"TIMEOUT", "dispatch_async_f", 0, 0, "the main thread runs no event loop, or does not get to it"};
}

}  // namespace latchkey
