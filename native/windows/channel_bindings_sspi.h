// Channel bindings as SSPI takes them.
#pragma once

#include <vector>

#include "../secret_bytes.h"

namespace latchkey {

// SEC_CHANNEL_BINDINGS and, right behind it, the bytes that it points to; empty without any.
SecretBytes ChannelBindingsBuffer(const std::vector<uint8_t>& application_data);

}  // namespace latchkey
