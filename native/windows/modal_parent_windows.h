// A window that takes no input as long as another one is open.
#pragma once

#include <windows.h>

#include <memory>

namespace latchkey {

// The parent is switched off and on by a thread of its own: both send a message to it, and a program that hangs would
// hold up whoever sends it. The same thread does both, so that a switching off that comes late is never the last.
//
// Owns: that thread. It switches the parent on when asked to, when `window` is gone, and when its process has ended.
class ModalParent {
 public:
  // Null when no thread can be started.
  // Thread: any.
  static std::unique_ptr<ModalParent> Begin(HWND window, HWND parent);
  // Switches it on, without waiting.
  ~ModalParent();
  // Switches it on, and waits for that as long as a program takes that answers. Calling it again does nothing.
  // Thread: any.
  void End();

 private:
  struct State;
  explicit ModalParent(std::shared_ptr<State> state) : state_(std::move(state)) {}
  static void Run(const State& state);

  const std::shared_ptr<State> state_;
};

}  // namespace latchkey
