// UTF-8 to UTF-16 and back, as the code for Windows has it, over stand-ins for the two functions of Windows that it
// uses.
#include <cstdint>
#include <cstring>
#include <string>

#include "../../../native/windows/utf8_windows.h"
#include "expect.h"
#include "windows/windows.h"

using namespace latchkey;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::wstring wide = ToUtf16(text);
  const std::string back = ToUtf8(wide);
  const std::optional<SecretBytes> secret = ToUtf16(SecretBytes(data, size));
  // A secret is converted as it is or not at all; other texts get a character in place of what is none.
  Expect(secret.has_value() == (back == text));
  if (secret) {
    Expect(secret->size() == wide.size() * sizeof(wchar_t));
    Expect(secret->empty() || std::memcmp(secret->data(), wide.data(), secret->size()) == 0);
  }
  // Any UTF-16, lone halves of pairs as well.
  std::wstring units;
  for (std::size_t i = 0; i + 1 < size; i += 2) units += static_cast<wchar_t>(data[i] | data[i + 1] << 8);
  Expect(ToUtf16(ToUtf8(units)).size() == units.size());
  return 0;
}
