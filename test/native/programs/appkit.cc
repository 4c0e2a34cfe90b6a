// Uses the code for AppKit's windows over the stand-in, from a thread of the pool's kind, and prints what it answers.
#include <cstdio>
#include <string>
#include <thread>

#include "../../../native/parent_window.h"
#include "fake_appkit.h"

using namespace latchkey;

namespace {

void Say(const std::string& what, const std::string& answer) {
  const std::string calls = FakeCalls();
  std::printf("%s: %s%s\n", what.c_str(), answer.c_str(), calls.empty() ? "" : (" [" + calls + "]").c_str());
}

std::string Describe(const NativeError& error) { return std::string(error.code) + " " + error.message; }

WindowHandle HandleOf(const void* object) { return reinterpret_cast<uintptr_t>(object); }

void Inspect(const std::string& what, WindowHandle handle) {
  Result<WindowPlace> place = InspectWindow(handle);
  if (!place.ok()) return Say("inspect " + what, Describe(place.error()));
  const WindowPlace& at = place.value();
  Say("inspect " + what, std::to_string(at.x) + " " + std::to_string(at.y) + " " + std::to_string(at.width) + " " +
                             std::to_string(at.height) + (at.process_id > 0 ? " a process" : ""));
}

void Activate(const std::string& what, WindowHandle handle) {
  Result<bool> is_in_front = ActivateWindow(handle);
  Say("activate " + what, !is_in_front.ok() ? Describe(is_in_front.error()) : is_in_front.value() ? "yes" : "no");
}

std::unique_ptr<WindowOwnership> Own(const std::string& what, WindowHandle window, WindowHandle parent) {
  Result<std::unique_ptr<WindowOwnership>> owned = OwnWindow(window, parent);
  Say("own " + what, owned.ok() ? "done" : Describe(owned.error()));
  return owned.ok() ? std::move(owned.value()) : nullptr;
}

void Release(const std::string& what, WindowOwnership& ownership) {
  const Result<bool> released = ownership.Release();
  Say("release " + what, released.ok() ? "done" : Describe(released.error()));
}

void UseAll(const FakeWindow& parent, const FakeWindow& child, FakeWindow* stale) {
  Inspect("window", HandleOf(parent.window));
  Inspect("content view", HandleOf(parent.content_view));
  Inspect("inner view", HandleOf(parent.inner_view));
  Inspect("null", 0);
  Inspect("small number", 1);
  Inspect("all bits", ~WindowHandle{0});
  Inspect("inside an object", HandleOf(parent.window) + 8);
  const WindowHandle gone = HandleOf(stale->window), gone_view = HandleOf(stale->content_view);
  FakeClose(*stale);
  Inspect("closed window", gone);
  Activate("view of a closed window", gone_view);
  Own("by a closed window", HandleOf(child.window), gone);
  Own("by itself", HandleOf(parent.inner_view), HandleOf(parent.window));
  const Result<std::optional<WindowHandle>> found = FindProcessWindow(1);
  Say("find", found.ok() ? "found" : Describe(found.error()));

  const auto ownership = Own("by a view", HandleOf(child.window), HandleOf(parent.content_view));
  Inspect("owned", HandleOf(child.window));
  Release("it", *ownership);
  FakeMinimise(parent.window);
  Activate("minimised", HandleOf(parent.window));
  FakeClose(child);
  Release("a closed one", *ownership);

  FakeHold(true);
  Activate("while the main thread hangs", HandleOf(parent.window));
  FakeHold(false);
  Inspect("when it goes on", HandleOf(parent.window));
}

}  // namespace

int main() {
  Inspect("without an application", 1);
  FakeStartApplication();
  const FakeWindow parent = FakeOpen("parent", 100, 200, 600, 400);
  const FakeWindow child = FakeOpen("child", 0, 0, 200, 100);
  FakeWindow stale = FakeOpen("stale", 0, 0, 10, 10);
  std::thread worker([&] {
    UseAll(parent, child, &stale);
    FakeStopMainQueue();
  });
  FakeRunMainQueue();
  worker.join();
}
