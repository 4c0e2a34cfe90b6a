// UTF-8 as JavaScript hands it over ⇄ UTF-16 as Windows takes it.
#pragma once

#include <string>

namespace latchkey {

std::wstring ToUtf16(const std::string& text);
std::string ToUtf8(const std::wstring& text);

}  // namespace latchkey
