// A call of GLib's that has been started, with the loop that its answer comes to.
#pragma once

#include <memory>

#include "libsecret_library.h"

namespace latchkey::libsecret {

// An answer may still come to a call that nobody waits for any more, and until then it holds the connection to the bus,
// which the whole process shares: a later piece of work would meet that one instead of the bus that is there then. So
// it is kept, and let go of when its answer has come. Owns: the loop. Thread: one of the pool at a time.
class PendingCall {
 public:
  explicit PendingCall(const Library& library) : library_(library), context_(library.context_new()) {}
  ~PendingCall();
  PendingCall(const PendingCall&) = delete;
  PendingCall& operator=(const PendingCall&) = delete;

  Context context() const { return context_; }

  // To be called before each call, and handed to it.
  void Start();
  static void OnReady(Object source, Object result, void* data);

  bool waiting() const { return waiting_; }
  // The answer; the caller owns it.
  Object TakeResult();

  // Runs what is waiting to be run, in the thread that has this loop as its own.
  void Drain();

  // Keeps a call that still waits.
  static void Abandon(std::unique_ptr<PendingCall> call);
  // Lets go of those whose answer has come.
  static void ReapAbandoned();

 private:
  const Library& library_;
  Context context_;
  Object result_ = nullptr;
  bool waiting_ = false;
};

}  // namespace latchkey::libsecret
