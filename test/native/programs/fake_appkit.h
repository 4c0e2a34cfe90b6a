// What the stand-in for AppKit tells a test, beside what it has of Apple's.
#pragma once

#include <string>

// A window with a view in a view; both live until they are closed. `y` is counted upwards, as AppKit does.
struct FakeWindow {
  void* window;
  void* content_view;
  void* inner_view;
};
void FakeStartApplication();
FakeWindow FakeOpen(const char* name, double x, double y, double width, double height);
void FakeClose(const FakeWindow& window);
void FakeMinimise(void* window);
// What has been called since the last question, but for what only reads.
std::string FakeCalls();
// Runs what is sent to the main queue, on this thread, until `stop`.
void FakeRunMainQueue();
void FakeStopMainQueue();
// Until it is called again, nothing sent to the main queue is run.
void FakeHold(bool held);
