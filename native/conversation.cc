// Reserving steps, making them, and freeing what they used on a thread that may wait.
#include "conversation.h"

#include <utility>

#include "thread_pool.h"

namespace latchkey {
namespace {

NativeError IsOver() { return NativeError{"FAILED", "step", 0, 0, "the conversation is over"}; }

}  // namespace

Result<std::shared_ptr<Conversation::Turn>> Conversation::TakeTurn() {
  std::lock_guard<std::mutex> guard(mutex_);
  if (taken_) return NativeError{"BUSY", "step", 0, 0, "the step before is still under way"};
  if (!context_) return IsOver();
  taken_ = true;
  return std::make_shared<Turn>(shared_from_this());
}

void Conversation::EndTurn() {
  std::lock_guard<std::mutex> guard(mutex_);
  taken_ = false;
}

Result<NegotiateStep> Conversation::Step(const SecretBytes& input) {
  std::unique_ptr<SecurityContext> context;
  {
    std::lock_guard<std::mutex> guard(mutex_);
    context = std::move(context_);
  }
  // Closed before a thread was free for the step: nobody wants its answer.
  if (!context) return IsOver();
  Result<NegotiateStep> result = context->Step(input);
  const bool over = !result.ok() || result.value().complete;

  std::lock_guard<std::mutex> guard(mutex_);
  // When it is over, or was closed meanwhile, `context` frees it after this.
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
