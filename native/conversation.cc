// Reserving steps, making them, and freeing what they used on a thread that may wait.
#include "conversation.h"

#include <utility>

#include "thread_pool.h"

namespace latchkey {
namespace {

NativeError IsOver() { return NativeError{"FAILED", "step", 0, 0, "the conversation is over"}; }

}  // namespace

Result<Done> Conversation::BeginStep() {
  std::lock_guard<std::mutex> guard(mutex_);
  if (stepping_) return NativeError{"BUSY", "step", 0, 0, "the step before is still under way"};
  if (!context_) return IsOver();
  stepping_ = true;
  return Done{};
}

Result<NegotiateStep> Conversation::Step(const SecretBytes& input) {
  std::unique_ptr<SecurityContext> context;
  {
    std::lock_guard<std::mutex> guard(mutex_);
    context = std::move(context_);
    // Closed before a thread was free for the step: nobody wants its answer.
    if (!context) {
      stepping_ = false;
      return IsOver();
    }
  }
  Result<NegotiateStep> result = context->Step(input);
  const bool over = !result.ok() || result.value().complete;

  std::lock_guard<std::mutex> guard(mutex_);
  stepping_ = false;
  // When it is over, or was closed meanwhile, `context` frees it here.
  if (!over && !closed_) context_ = std::move(context);
  return result;
}

void Conversation::Close() {
  std::shared_ptr<SecurityContext> context;
  {
    std::lock_guard<std::mutex> guard(mutex_);
    closed_ = true;
    context = std::move(context_);
  }
  if (!context) return;
  // Freeing may ask another process, the one that keeps the tickets. Without a thread it is freed here after all.
  ThreadPool::Shared().Submit([context = std::move(context)]() mutable { context.reset(); });
}

}  // namespace latchkey
