// DPAPI as other programs call it: `protect <description>` seals what is on stdin, `describe` prints the description of the
// blob on stdin and its length when opened. Status 1 when Windows refuses.
#include <windows.h>
// After windows.h, which it needs.
#include <dpapi.h>
#include <fcntl.h>
#include <io.h>

#include <cstdio>
#include <cstring>
#include <vector>

#include "../../../native/windows/utf8_windows.h"

namespace {

std::vector<BYTE> ReadAll() {
  std::vector<BYTE> all;
  BYTE part[4096];
  for (std::size_t count = 0; (count = std::fread(part, 1, sizeof part, stdin)) > 0;) {
    all.insert(all.end(), part, part + count);
  }
  return all;
}

}  // namespace

int main(int count, char** arguments) {
  _setmode(_fileno(stdin), _O_BINARY);
  _setmode(_fileno(stdout), _O_BINARY);
  std::vector<BYTE> bytes = ReadAll();
  DATA_BLOB in{static_cast<DWORD>(bytes.size()), bytes.data()};
  DATA_BLOB out{};
  if (count == 3 && std::strcmp(arguments[1], "protect") == 0) {
    const std::wstring description = latchkey::ToUtf16(arguments[2]);
    if (!CryptProtectData(&in, description.c_str(), nullptr, nullptr, nullptr, CRYPTPROTECT_UI_FORBIDDEN, &out)) return 1;
    return std::fwrite(out.pbData, 1, out.cbData, stdout) == out.cbData ? 0 : 1;
  }
  if (count == 2 && std::strcmp(arguments[1], "describe") == 0) {
    LPWSTR description = nullptr;
    if (!CryptUnprotectData(&in, &description, nullptr, nullptr, nullptr, CRYPTPROTECT_UI_FORBIDDEN, &out)) return 1;
    std::printf("%lu %ls", out.cbData, description == nullptr ? L"" : description);
    return 0;
  }
  return 2;
}
