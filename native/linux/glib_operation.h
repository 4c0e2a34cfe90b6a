// One piece of work with GLib: a loop and a D-Bus connection of its own, and a time at which all of it ends.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "../secret_store.h"
#include "errors_glib.h"
#include "libsecret_library.h"

namespace latchkey::libsecret {

// Gives back a GObject.
struct Unref {
  const Library* library;
  void operator()(void* object) const { library->object_unref(object); }
};
using ObjectPointer = std::unique_ptr<void, Unref>;

// Nothing in here is shared: the connection that GLib itself would share ends the process with the bus, and keeps the
// session of a provider that has been started anew. The loop runs in `Await` only. Owns: the loop, the connection, the
// timers. Thread: one of the pool, for its whole life.
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
  Result<Object> Connect();

  // Runs the loop until what `start` starts is ready; gives its result. Null: given up, because it did not even end
  // when it was cancelled.
  ObjectPointer Await(const std::function<void(Ready ready, void* data)>& start);

  // What went wrong: TIMEOUT when the time is over, whatever GLib says about it.
  NativeError Failure(const char* call, Error* error) const;

 private:
  static void OnReady(Object source, Object result, void* data);
  static int OnTimer(void* data);
  void StartTimer(unsigned milliseconds);
  void StopTimer();

  const Library& library_;
  Context context_;
  Source timer_ = nullptr;
  ObjectPointer cancellable_;
  ObjectPointer connection_;
  Object result_ = nullptr;
  // How often the timer has fired: it is cancelled, the connection is closed, it is given up.
  int fired_ = 0;
};

}  // namespace latchkey::libsecret
