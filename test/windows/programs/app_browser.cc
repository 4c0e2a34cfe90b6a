// Stands for Edge, which Wine does not run: shows a window and takes orders through its pipe, as far as a sign-in gives
// any. The address it is sent to says what happens: /answer redirects to the answer, /crash ends the process; anything
// else waits.
#include <fcntl.h>
#include <io.h>
#include <windows.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

constexpr int kOrders = 3;
constexpr int kAnswers = 4;
constexpr UINT kEnd = WM_APP;

HWND g_window = nullptr;

void Send(const std::string& message) { _write(kAnswers, message.c_str(), static_cast<unsigned>(message.size() + 1)); }

// The text between two marks. Orders are JSON of our own making, whose strings hold no quotes.
std::string Between(const std::string& text, const std::string& before, const char* after) {
  const std::size_t begin = text.find(before);
  if (begin == std::string::npos) return "";
  const std::size_t from = begin + before.size();
  return text.substr(from, text.find_first_of(after, from) - from);
}

void Navigate(const std::string& url) {
  if (url.find("/crash") != std::string::npos) TerminateProcess(GetCurrentProcess(), 3);
  if (url.find("/answer") == std::string::npos) return;
  const std::string target = Between(url, "redirect_uri=", "&\"");
  Send(
      "{\"method\":\"Fetch.requestPaused\",\"sessionId\":\"S\",\"params\":{\"requestId\":\"1\",\"frameId\":\"P\","
      "\"redirectedRequestId\":\"0\",\"request\":{\"url\":\"" +
      target + "?code=1&state=" + Between(url, "state=", "&\"") + "\"}}}");
}

void Obey(const std::string& order) {
  const std::string method = Between(order, "\"method\":\"", "\"");
  Send("{\"id\":" + Between(order, "\"id\":", ",}") + ",\"result\":{}}");
  if (method == "Target.setAutoAttach") {
    Send(
        "{\"method\":\"Target.attachedToTarget\",\"params\":{\"sessionId\":\"S\",\"targetInfo\":{\"targetId\":\"P\"}}"
        "}");
  }
  if (method == "Page.navigate") Navigate(Between(order, "\"url\":\"", "\""));
  if (method == "Browser.close") PostMessageW(g_window, kEnd, 0, 0);
}

DWORD WINAPI Read(void*) {
  std::string unfinished;
  char bytes[4096];
  for (int count = 0; (count = _read(kOrders, bytes, sizeof bytes)) > 0;) {
    unfinished.append(bytes, static_cast<std::size_t>(count));
    for (std::size_t end = 0; (end = unfinished.find('\0')) != std::string::npos; unfinished.erase(0, end + 1)) {
      Obey(unfinished.substr(0, end));
    }
  }
  // Its owner is gone.
  ExitProcess(0);
}

LRESULT CALLBACK Handle(HWND window, UINT message, WPARAM first, LPARAM second) {
  switch (message) {
    case kEnd:
      DestroyWindow(window);
      return 0;
    case WM_CLOSE:
      Send("{\"method\":\"Target.targetDestroyed\",\"params\":{\"targetId\":\"P\"}}");
      DestroyWindow(window);
      return 0;
    case WM_DESTROY:
      PostQuitMessage(0);
      return 0;
    default:
      return DefWindowProcW(window, message, first, second);
  }
}

}  // namespace

int main(int count, char** arguments) {
  int width = 0;
  int height = 0;
  int x = 0;
  int y = 0;
  bool has_pipe = false;
  for (int index = 1; index < count; ++index) {
    std::sscanf(arguments[index], "--window-size=%d,%d", &width, &height);
    std::sscanf(arguments[index], "--window-position=%d,%d", &x, &y);
    has_pipe = has_pipe || std::string(arguments[index]) == "--remote-debugging-pipe";
  }
  if (!has_pipe) return 1;
  _setmode(kOrders, _O_BINARY);
  _setmode(kAnswers, _O_BINARY);
  WNDCLASSW description{};
  description.lpfnWndProc = Handle;
  description.hInstance = GetModuleHandleW(nullptr);
  description.lpszClassName = L"an app window";
  RegisterClassW(&description);
  g_window = CreateWindowExW(0, description.lpszClassName, L"Sign in", WS_OVERLAPPEDWINDOW | WS_VISIBLE, x, y, width,
                             height, nullptr, nullptr, description.hInstance, nullptr);
  if (g_window == nullptr) return 2;
  // The test looks for the window by this.
  std::FILE* const told = std::fopen(std::getenv("APP_BROWSER_TELLS"), "w");
  if (told == nullptr) return 3;
  std::fprintf(told, "%llu", static_cast<unsigned long long>(reinterpret_cast<ULONG_PTR>(g_window)));
  std::fclose(told);
  CreateThread(nullptr, 0, Read, nullptr, 0, nullptr);
  MSG message;
  while (GetMessageW(&message, nullptr, 0, 0) > 0) {
    TranslateMessage(&message);
    DispatchMessageW(&message);
  }
  return 0;
}
