// Waiting that ends: work that may hang for as long as another program likes runs on a thread that can be given up.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "result.h"

namespace latchkey {

// Runs `task` on a thread that nobody joins; false when the system refuses.
// Thread: any.
bool RunDetached(std::function<void()> task);

// How many threads have been given up and are still stuck. Beyond a few nothing is begun any more.
// Thread: any.
bool MayBegin();
void CountOverdue(int change);

// What `work` gives, or TIMEOUT when that takes longer than `limit`; the work then goes on, and its value is destroyed.
// Thread: any.
template <class T>
Result<T> WithinTime(const char* call, std::chrono::milliseconds limit, std::function<Result<T>()> work) {
  struct Outcome {
    std::mutex mutex;
    std::condition_variable is_there;
    std::optional<Result<T>> result;
    bool is_overdue = false;
  };
  const NativeError late{"TIMEOUT", call, 0, 0, "the window system does not answer"};
  if (!MayBegin()) return late;
  auto outcome = std::make_shared<Outcome>();
  const bool started = RunDetached([outcome, work = std::move(work)] {
    Result<T> result = work();
    std::lock_guard<std::mutex> guard(outcome->mutex);
    if (outcome->is_overdue) CountOverdue(-1);
    outcome->result.emplace(std::move(result));
    outcome->is_there.notify_all();
  });
  if (!started) return NativeError{"FAILED", "thread", 0, 0, "no thread can be started"};
  std::unique_lock<std::mutex> guard(outcome->mutex);
  if (outcome->is_there.wait_for(guard, limit, [&outcome] { return outcome->result.has_value(); })) {
    return std::move(*outcome->result);
  }
  outcome->is_overdue = true;
  CountOverdue(+1);
  return late;
}

}  // namespace latchkey
