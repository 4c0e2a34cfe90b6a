// Stands in for the Objective-C runtime, AppKit and libdispatch of macOS on a 64-bit Intel processor: ends the process when
// anything but one of its own objects is sent a message, or when one is on another thread than the main one.
#include "fake_appkit.h"

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <utility>
#include <vector>

namespace {

struct Rect {
  double x, y, width, height;
};

struct Object {
  std::string name;
  Rect frame{};
  Object* content_view = nullptr;
  bool is_minimised = false;
  std::vector<Object*> elements;  // subviews, or what an array has
  Object* array = nullptr;        // an array of them
};

std::set<const void*> living;
std::thread::id main_thread;
std::string calls;

std::mutex mutex;
std::condition_variable has_work;
std::deque<std::pair<void (*)(void*), void*>> queue;
bool is_stopped = false;
bool is_held = false;

[[noreturn]] void Refuse(const std::string& what) {
  std::fprintf(stderr, "fake AppKit: %s\n", what.c_str());
  std::abort();
}

Object* Make(const std::string& name) {
  auto* object = new Object;
  object->name = name;
  living.insert(object);
  return object;
}

void End(Object* object) {
  living.erase(object);
  delete object;
}

Object* ArrayOf(Object* object) {
  if (object->array == nullptr) object->array = Make("array");
  object->array->elements = object->elements;
  return object->array;
}

Object* application = nullptr;
Object* screen_class = nullptr;

Object* Receiver(void* self, const char* method) {
  if (std::this_thread::get_id() != main_thread) Refuse(std::string(method) + " on another thread");
  if (living.count(self) == 0) Refuse(std::string(method) + " sent to what is no object");
  return static_cast<Object*>(self);
}

}  // namespace

extern "C" {

void* NSApp = nullptr;
char _dispatch_main_q;  // only its address counts

void* objc_getClass(const char* name) { return std::strcmp(name, "NSScreen") == 0 ? screen_class : nullptr; }

// A selector is its name, and lives for ever.
void* sel_registerName(const char* name) {
  static std::mutex names_mutex;
  static std::set<std::string>* names = new std::set<std::string>;
  std::lock_guard<std::mutex> guard(names_mutex);
  return const_cast<char*>(names->insert(name).first->c_str());
}

// Two whole numbers and two fractions are in the registers where a method would find them, whatever its arguments are.
void* objc_msgSend(void* self, void* selector, void* first, long second, double x, double y) {
  const std::string method = static_cast<const char*>(selector);
  Object* object = Receiver(self, method.c_str());
  if (method == "windows" || method == "subviews" || method == "screens") return ArrayOf(object);
  if (method == "count") return reinterpret_cast<void*>(object->elements.size());
  if (method == "objectAtIndex:") return object->elements.at(reinterpret_cast<std::size_t>(first));
  if (method == "contentView") return object->content_view;
  if (method == "isMiniaturized") return reinterpret_cast<void*>(long{object->is_minimised});
  calls += (calls.empty() ? "" : ", ") + object->name + " " + method;
  if (method == "setFrameOrigin:") {
    object->frame.x = x;
    object->frame.y = y;
  } else if (method == "deminiaturize:") {
    object->is_minimised = false;
  } else if (method == "addChildWindow:ordered:") {
    calls += Receiver(first, "addChildWindow")->name + " " + std::to_string(second);
  } else if (method == "removeChildWindow:") {
    calls += Receiver(first, "removeChildWindow")->name;
  } else if (method == "activateIgnoringOtherApps:") {
    if (first != reinterpret_cast<void*>(1)) Refuse("activateIgnoringOtherApps without YES");
  } else if (method != "makeKeyAndOrderFront:") {
    Refuse("no method " + method);
  }
  return nullptr;
}

void objc_msgSend_stret(Rect* result, void* self, void* selector) {
  const char* method = static_cast<const char*>(selector);
  if (std::strcmp(method, "frame") != 0) Refuse(std::string("no structure of ") + method);
  *result = Receiver(self, method)->frame;
}

void dispatch_async_f(void* to, void* context, void (*work)(void*)) {
  if (to != &_dispatch_main_q) Refuse("another queue than the main one");
  std::lock_guard<std::mutex> guard(mutex);
  queue.emplace_back(work, context);
  has_work.notify_all();
}

}  // extern "C"

void FakeStartApplication() {
  main_thread = std::this_thread::get_id();
  application = Make("NSApp");
  screen_class = Make("NSScreen");
  screen_class->elements.push_back(Make("screen"));
  screen_class->elements[0]->frame = {0, 0, 1440, 900};
  NSApp = application;
}

FakeWindow FakeOpen(const char* name, double x, double y, double width, double height) {
  Object* window = Make(name);
  window->frame = {x, y, width, height};
  window->content_view = Make("view");
  Object* inner = Make("inner view");
  window->content_view->elements.push_back(inner);
  application->elements.push_back(window);
  return {window, window->content_view, inner};
}

void FakeClose(const FakeWindow& fake) {
  auto& windows = application->elements;
  for (auto it = windows.begin(); it != windows.end(); ++it) {
    if (*it == fake.window) {
      windows.erase(it);
      break;
    }
  }
  for (void* object : {fake.inner_view, fake.content_view, fake.window}) {
    Object* array = static_cast<Object*>(object)->array;
    if (array != nullptr) End(array);
    End(static_cast<Object*>(object));
  }
}

void FakeMinimise(void* window) { static_cast<Object*>(window)->is_minimised = true; }

std::string FakeCalls() { return std::exchange(calls, ""); }

void FakeRunMainQueue() {
  std::unique_lock<std::mutex> guard(mutex);
  for (;;) {
    has_work.wait(guard, [] { return is_stopped || (!queue.empty() && !is_held); });
    if (queue.empty() || is_held) return;
    const auto [work, context] = queue.front();
    queue.pop_front();
    guard.unlock();
    work(context);
    guard.lock();
  }
}

void FakeStopMainQueue() {
  std::lock_guard<std::mutex> guard(mutex);
  is_stopped = true;
  has_work.notify_all();
}

void FakeHold(bool held) {
  std::lock_guard<std::mutex> guard(mutex);
  is_held = held;
  has_work.notify_all();
}
