// One conversation as JavaScript holds it: one step at a time, closed once, freed where nobody waits for it.
#pragma once

#include <memory>
#include <mutex>

#include "negotiate.h"

namespace latchkey {

class Conversation {
 public:
  explicit Conversation(std::unique_ptr<SecurityContext> context) : context_(std::move(context)) {}
  // Also what happens when JavaScript forgets about it.
  ~Conversation() { Close(); }
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  // Reserves the next step; the failure says why there is none. Here and not in Step, since steps that wait for a
  // thread would otherwise be found one after the other.
  // Thread: main.
  Result<Done> BeginStep();

  // Makes the reserved step.
  // Thread: pool.
  Result<NegotiateStep> Step(const SecretBytes& input);

  // Wipes and frees everything; during a step, when that is over. Calling it again does nothing.
  // Thread: any.
  void Close();

 private:
  std::mutex mutex_;
  std::unique_ptr<SecurityContext> context_;  // empty when the conversation is over; a running step holds it
  bool stepping_ = false;
  bool closed_ = false;
};

}  // namespace latchkey
