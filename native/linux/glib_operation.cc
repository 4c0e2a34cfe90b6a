// The loop, the connection and the end of one piece of work with GLib.
#include "glib_operation.h"

#include <string_view>
#include <thread>

namespace latchkey::libsecret {
namespace {

// How long a cancelled call may take to end. A provider has to take its dialog away meanwhile.
constexpr unsigned kGraceMilliseconds = 500;
// How often, and after which pause, it is tried to get another connection than one that is closed.
constexpr int kMaxRounds = 20;
constexpr std::chrono::milliseconds kPause(10);
constexpr int kCancelled = 1;
constexpr int kGivenUp = 2;
// GIOErrorEnum
constexpr int kErrorCancelled = 19;

// Before there is a connection nobody was asked, so that nobody can have refused.
bool WasCancelled(const NativeError& failure) {
  return failure.status == kErrorCancelled && std::string_view(failure.code) == "DENIED";
}

}  // namespace

Operation::Operation(const Library& library, Timeout timeout)
    : library_(library),
      call_(std::make_unique<PendingCall>(library)),
      cancellable_(library.cancellable_new(), Unref{&library}),
      connection_(nullptr, Unref{&library}) {
  PendingCall::ReapAbandoned();
  library_.context_push(call_->context());
  StartTimer(static_cast<unsigned>(timeout.count()));
}

Operation::~Operation() {
  StopTimer();
  // What was subscribed to is let go of by the loop, and holds it, and the connection, until then.
  call_->Drain();
  connection_.reset();
  library_.context_pop(call_->context());
  if (call_->waiting()) PendingCall::Abandon(std::move(call_));
}

Result<Done> Operation::Connect() {
  NativeError failure{"FAILED", "g_bus_get", 0, 0, "every connection there was is closed"};
  for (int round = 0; round < kMaxRounds;) {
    Error* error = nullptr;
    const ObjectPointer result =
        Await([&](Ready ready, void* data) { library_.bus_get(kSessionBus, cancellable(), ready, data); });
    if (result) connection_.reset(library_.bus_get_finish(result.get(), &error));
    if (!connection_) {
      failure = Failure("g_bus_get", error);
      // GLib connects once for all that ask meanwhile, and with the first of them, whose time is over, for all in vain.
      if (fired_ == 0 && WasCancelled(failure)) continue;
      break;
    }
    ++round;
    // GLib shares this connection within the process and would end the process together with the bus.
    library_.set_exit_on_close(connection_.get(), false);
    if (!library_.connection_closed(connection_.get())) return Done{};
    // That of a bus that has ended, as long as somebody holds it.
    connection_.reset();
    std::this_thread::sleep_for(kPause);
    PendingCall::ReapAbandoned();
  }
  if (fired_ > 0) failure.code = "TIMEOUT";
  // Whatever the reason is why there is none.
  if (std::string_view(failure.code) == "FAILED") failure.code = "NO_SERVICE";
  return failure;
}

ObjectPointer Operation::Await(const std::function<void(Ready ready, void* data)>& start) {
  call_->Start();
  start(&PendingCall::OnReady, call_.get());
  while (call_->waiting() && fired_ < kGivenUp) library_.context_iteration(call_->context(), true);
  return ObjectPointer(call_->TakeResult(), Unref{&library_});
}

NativeError Operation::Failure(const char* call, Error* error) const {
  NativeError failure = GlibError(library_, call, error);
  if (fired_ < kCancelled) return failure;
  return NativeError{"TIMEOUT", call, failure.status, 0, "not within the time it was given"};
}

int Operation::OnTimer(void* data) {
  auto* operation = static_cast<Operation*>(data);
  const Library& library = operation->library_;
  operation->StopTimer();
  ++operation->fired_;
  if (operation->fired_ == kCancelled) {
    // A dialog is taken away by asking the provider, and gone when the provider says so. One that does not is not
    // waited for: its answer would find a loop that nobody runs.
    library.cancellable_cancel(operation->cancellable());
    operation->StartTimer(kGraceMilliseconds);
  }
  return false;
}

void Operation::StartTimer(unsigned milliseconds) {
  timer_ = library_.timeout_source_new(milliseconds);
  library_.source_set_callback(timer_, &Operation::OnTimer, this, nullptr);
  library_.source_attach(timer_, call_->context());
}

void Operation::StopTimer() {
  if (timer_ == nullptr) return;
  library_.source_destroy(timer_);
  library_.source_unref(timer_);
  timer_ = nullptr;
}

}  // namespace latchkey::libsecret
