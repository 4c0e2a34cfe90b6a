// One conversation as JavaScript holds it: one step at a time, closed once, freed where nobody waits for it.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "negotiate.h"

namespace latchkey {

class Conversation : public std::enable_shared_from_this<Conversation> {
 public:
  // The right to make the next step. Whoever holds it keeps everybody else from making one.
  class Turn {
   public:
    explicit Turn(std::shared_ptr<Conversation> conversation) : conversation_(std::move(conversation)) {}
    ~Turn() { conversation_->EndTurn(); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    std::shared_ptr<Conversation> conversation_;
  };

  explicit Conversation(std::unique_ptr<SecurityContext> context) : context_(std::move(context)) {}
  // Also what happens when JavaScript forgets about it.
  ~Conversation() { Close(); }
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  // The failure says why there is no turn. Asked for before the step waits for a thread: else steps that overlap would
  // be made one after the other.
  // Thread: main.
  Result<std::shared_ptr<Turn>> TakeTurn();

  // Makes the step that it is the turn for.
  // Thread: pool.
  Result<NegotiateStep> Step(const SecretBytes& input);

  // Wipes and frees everything; during a step, when that is over. Calling it again does nothing.
  // Thread: any.
  void Close();

 private:
  void EndTurn();

  std::mutex mutex_;
  std::unique_ptr<SecurityContext> context_;  // empty when the conversation is over; a running step holds it
  bool taken_ = false;
  bool closed_ = false;
};

}  // namespace latchkey
