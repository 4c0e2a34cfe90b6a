// Switching a parent window off and on.
#include "modal_parent_windows.h"

#include "../within_time.h"

namespace latchkey {
namespace {

constexpr DWORD kLongestAnswer = 500;  // milliseconds
constexpr DWORD kBetweenLooks = 100;

HANDLE ProcessOf(HWND window) {
  DWORD process_id = 0;
  GetWindowThreadProcessId(window, &process_id);
  return OpenProcess(SYNCHRONIZE, FALSE, process_id);
}

}  // namespace

// Owns: its handles. `process` is null when the process may not be watched.
struct ModalParent::State {
  HWND window;
  HWND parent;
  HANDLE process;
  HANDLE end = CreateEventW(nullptr, TRUE, FALSE, nullptr);
  HANDLE ended = CreateEventW(nullptr, TRUE, FALSE, nullptr);

  State(HWND window, HWND parent) : window(window), parent(parent), process(ProcessOf(window)) {}
  ~State() {
    for (const HANDLE handle : {process, end, ended}) {
      if (handle != nullptr) CloseHandle(handle);
    }
  }
};

std::unique_ptr<ModalParent> ModalParent::Begin(HWND window, HWND parent) {
  auto state = std::make_shared<State>(window, parent);
  if (state->end == nullptr || state->ended == nullptr) return nullptr;
  if (!RunDetached([state] { Run(*state); })) return nullptr;
  return std::unique_ptr<ModalParent>(new ModalParent(std::move(state)));
}

ModalParent::~ModalParent() { SetEvent(state_->end); }

void ModalParent::End() {
  SetEvent(state_->end);
  WaitForSingleObject(state_->ended, kLongestAnswer);
}

void ModalParent::Run(const State& state) {
  // One that somebody else has switched off is not ours to switch on.
  const bool was_on = IsWindowEnabled(state.parent);
  if (was_on) EnableWindow(state.parent, FALSE);
  const HANDLE handles[] = {state.end, state.process};
  const DWORD count = state.process == nullptr ? 1 : 2;
  while (IsWindow(state.window) && WaitForMultipleObjects(count, handles, FALSE, kBetweenLooks) == WAIT_TIMEOUT) {
  }
  if (was_on) EnableWindow(state.parent, TRUE);
  SetEvent(state.ended);
}

}  // namespace latchkey
