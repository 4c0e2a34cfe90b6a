// One piece of work with GLib: a loop of its own, the connection to the bus, and a time at which all of it ends.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "../secret_store.h"
#include "errors_glib.h"
#include "libsecret_library.h"
#include "pending_call.h"

namespace latchkey::libsecret {

// Gives back a GObject.
struct Unref {
  const Library* library;
  void operator()(void* object) const { library->object_unref(object); }
};
using ObjectPointer = std::unique_ptr<void, Unref>;

// The loop runs in `Await` only. Nothing outlives the work, so that the next one meets the bus and the provider that
// are there then; they may have been started anew. Owns: the loop, its share of the connection, the timer. Thread: one
// of the pool, for its whole life.
class Operation {
 public:
  Operation(const Library& library, Timeout timeout);
  ~Operation();
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;

  const Library& library() const { return library_; }

  // To be handed to everything that is started, so that it ends in time.
  Object cancellable() const { return cancellable_.get(); }

  // Connects to the user's bus.
  // @errors NO_SERVICE, DENIED, TIMEOUT
  Result<Done> Connect();

  // Runs the loop until what `start` starts is ready; gives its result. Null: given up, because it did not even end
  // when it was cancelled.
  ObjectPointer Await(const std::function<void(Ready ready, void* data)>& start);

  // What went wrong: TIMEOUT when the time is over, whatever GLib says about it.
  NativeError Failure(const char* call, Error* error) const;

 private:
  static int OnTimer(void* data);
  void StartTimer(unsigned milliseconds);
  void StopTimer();

  const Library& library_;
  std::unique_ptr<PendingCall> call_;
  Source timer_ = nullptr;
  ObjectPointer cancellable_;
  ObjectPointer connection_;
  // How often the timer has fired: once it is cancelled, twice it is given up.
  int fired_ = 0;
};

}  // namespace latchkey::libsecret
