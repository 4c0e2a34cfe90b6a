// UTF-8 as JavaScript hands it over ⇄ UTF-16 as Windows takes it.
#pragma once

#include <optional>
#include <string>

#include "../secret_bytes.h"

namespace latchkey {

std::wstring ToUtf16(const std::string& text);
// The same for a secret: UTF-16 in memory that wipes itself. No value when it is not UTF-8, since a character that was
// replaced would make it another secret.
std::optional<SecretBytes> ToUtf16(const SecretBytes& text);
std::string ToUtf8(const std::wstring& text);

}  // namespace latchkey
