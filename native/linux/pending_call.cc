// Calls of GLib's, and those of them that nobody waits for any more.
#include "pending_call.h"

#include <mutex>
#include <utility>
#include <vector>

namespace latchkey::libsecret {
namespace {

struct Abandoned {
  std::mutex mutex;
  std::vector<std::unique_ptr<PendingCall>> calls;
};

// Never destroyed: the process may end while a call waits.
Abandoned& Shared() {
  static auto* abandoned = new Abandoned;
  return *abandoned;
}

}  // namespace

PendingCall::~PendingCall() {
  if (result_ != nullptr) library_.object_unref(result_);
  library_.context_unref(context_);
}

void PendingCall::Start() { waiting_ = true; }

void PendingCall::OnReady(Object, Object result, void* data) {
  auto* call = static_cast<PendingCall*>(data);
  call->result_ = call->library_.object_ref(result);
  call->waiting_ = false;
}

Object PendingCall::TakeResult() { return std::exchange(result_, nullptr); }

void PendingCall::Drain() {
  while (library_.context_iteration(context_, false)) continue;
}

void PendingCall::Abandon(std::unique_ptr<PendingCall> call) {
  std::lock_guard<std::mutex> guard(Shared().mutex);
  Shared().calls.push_back(std::move(call));
}

void PendingCall::ReapAbandoned() {
  std::vector<std::unique_ptr<PendingCall>> calls;
  {
    std::lock_guard<std::mutex> guard(Shared().mutex);
    calls.swap(Shared().calls);
  }
  for (auto& call : calls) {
    call->library_.context_push(call->context_);
    call->Drain();
    if (Object result = call->TakeResult()) {
      call->library_.object_unref(result);
      call->Drain();
    }
    call->library_.context_pop(call->context_);
    if (call->waiting()) Abandon(std::move(call));
  }
}

}  // namespace latchkey::libsecret
