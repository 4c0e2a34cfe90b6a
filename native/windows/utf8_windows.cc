// UTF-8 ⇄ UTF-16.
#include "utf8_windows.h"

#include <windows.h>

namespace latchkey {

std::wstring ToUtf16(const std::string& text) {
  const int bytes = static_cast<int>(text.size());
  const int length = MultiByteToWideChar(CP_UTF8, 0, text.data(), bytes, nullptr, 0);
  std::wstring wide(static_cast<std::size_t>(length), L'\0');
  if (length > 0) MultiByteToWideChar(CP_UTF8, 0, text.data(), bytes, wide.data(), length);
  return wide;
}

std::optional<SecretBytes> ToUtf16(const SecretBytes& text) {
  if (text.empty()) return SecretBytes();
  const char* bytes = reinterpret_cast<const char*>(text.data());
  const int size = static_cast<int>(text.size());
  const int length = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, bytes, size, nullptr, 0);
  if (length <= 0) return std::nullopt;
  SecretBytes wide(static_cast<std::size_t>(length) * sizeof(wchar_t));
  MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, bytes, size, reinterpret_cast<wchar_t*>(wide.data()), length);
  return wide;
}

std::string ToUtf8(const std::wstring& text) {
  const int units = static_cast<int>(text.size());
  const int length = WideCharToMultiByte(CP_UTF8, 0, text.data(), units, nullptr, 0, nullptr, nullptr);
  std::string bytes(static_cast<std::size_t>(length), '\0');
  if (length > 0) {
    WideCharToMultiByte(CP_UTF8, 0, text.data(), units, bytes.data(), length, nullptr, nullptr);
  }
  return bytes;
}

}  // namespace latchkey
