// Window handles over a stand-in for AppKit, which ends the process as soon as anything but a living object is sent a
// message.
#include <fuzzer/FuzzedDataProvider.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "../../../native/parent_window.h"
#include "../programs/fake_appkit.h"
#include "expect.h"

using namespace latchkey;

namespace {

FakeWindow parent, child;

// AppKit's main thread; libFuzzer keeps its own.
void StartApplication() {
  static std::mutex mutex;
  static std::condition_variable is_up;
  static bool up = false;
  static std::thread thread([] {
    FakeStartApplication();
    parent = FakeOpen("parent", 100, 200, 600, 400);
    child = FakeOpen("child", 0, 0, 200, 100);
    {
      std::lock_guard<std::mutex> guard(mutex);
      up = true;
      is_up.notify_all();
    }
    FakeRunMainQueue();
  });
  // Or the end of the process would wait for a thread that waits.
  std::atexit([] {
    FakeStopMainQueue();
    thread.join();
  });
  std::unique_lock<std::mutex> guard(mutex);
  is_up.wait(guard, [] { return up; });
}

WindowHandle ReadHandle(FuzzedDataProvider* input) {
  const void* const known[] = {parent.window, parent.content_view, parent.inner_view, child.window, nullptr};
  const auto near = reinterpret_cast<uintptr_t>(known[input->ConsumeIntegralInRange(0, 4)]);
  return input->ConsumeBool() ? near + input->ConsumeIntegral<int8_t>() : input->ConsumeIntegral<WindowHandle>();
}

bool IsOurs(WindowHandle handle) {
  for (const FakeWindow& window : {parent, child}) {
    for (const void* object : {window.window, window.content_view, window.inner_view}) {
      if (handle == reinterpret_cast<uintptr_t>(object)) return true;
    }
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  if (parent.window == nullptr) StartApplication();
  FuzzedDataProvider input(data, size);
  const WindowHandle first = ReadHandle(&input), second = ReadHandle(&input);
  Expect(InspectWindow(first).ok() == IsOurs(first));
  Expect(ActivateWindow(second).ok() == IsOurs(second));
  Result<std::unique_ptr<WindowOwnership>> owned = OwnWindow(first, second);
  Expect(!owned.ok() || (IsOurs(first) && IsOurs(second)));
  if (owned.ok()) Expect(owned.value()->Release().ok());
  FakeCalls();
  return 0;
}
