// A program with one window, whose state it tells and whose thread it lets hang, by lines on its input.
#include <windows.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

constexpr UINT kHang = WM_APP;
constexpr UINT kClose = WM_APP + 1;

LRESULT CALLBACK Handle(HWND window, UINT message, WPARAM first, LPARAM second) {
  switch (message) {
    case kHang:
      std::printf("hangs\n");
      std::fflush(stdout);
      Sleep(static_cast<DWORD>(first));
      std::printf("goes on\n");
      std::fflush(stdout);
      return 0;
    case kClose:
      DestroyWindow(window);
      return 0;
    default:
      return DefWindowProcW(window, message, first, second);
  }
}

// On a thread of its own, and by nothing that waits for the window's.
DWORD WINAPI Obey(void* parameter) {
  const HWND window = static_cast<HWND>(parameter);
  char line[64];
  while (std::fgets(line, sizeof line, stdin) != nullptr) {
    if (std::strncmp(line, "hang ", 5) == 0) {
      PostMessageW(window, kHang, static_cast<WPARAM>(std::atoi(line + 5)), 0);
    } else if (std::strncmp(line, "close", 5) == 0) {
      PostMessageW(window, kClose, 0, 0);
    } else if (std::strncmp(line, "crash", 5) == 0) {
      TerminateProcess(GetCurrentProcess(), 3);
    } else if (std::strncmp(line, "state", 5) == 0) {
      RECT place{};
      GetWindowRect(window, &place);
      std::printf("{\"exists\":%d,\"enabled\":%d,\"owner\":%llu,\"front\":%d,\"x\":%ld,\"y\":%ld}\n",
                  IsWindow(window), IsWindowEnabled(window),
                  static_cast<unsigned long long>(reinterpret_cast<ULONG_PTR>(GetWindow(window, GW_OWNER))),
                  GetForegroundWindow() == window, place.left, place.top);
      std::fflush(stdout);
    }
  }
  ExitProcess(0);
}

}  // namespace

// Arguments: place and size. Prints the handle.
int main(int count, char** arguments) {
  if (count != 5) return 1;
  const auto number = [arguments](int index) { return std::atoi(arguments[index]); };
  WNDCLASSW description{};
  description.lpfnWndProc = Handle;
  description.hInstance = GetModuleHandleW(nullptr);
  description.hbrBackground = reinterpret_cast<HBRUSH>(COLOR_WINDOW + 1);
  description.lpszClassName = L"a window";
  RegisterClassW(&description);
  const HWND window =
      CreateWindowExW(0, description.lpszClassName, L"a window", WS_OVERLAPPEDWINDOW | WS_VISIBLE, number(1), number(2),
                      number(3), number(4), nullptr, nullptr, description.hInstance, nullptr);
  if (window == nullptr) return 2;
  std::printf("%llu\n", static_cast<unsigned long long>(reinterpret_cast<ULONG_PTR>(window)));
  std::fflush(stdout);
  CreateThread(nullptr, 0, Obey, window, 0, nullptr);
  MSG message;
  while (GetMessageW(&message, nullptr, 0, 0) > 0) {
    TranslateMessage(&message);
    DispatchMessageW(&message);
  }
  return 0;
}
