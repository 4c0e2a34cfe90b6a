// Lays out channel bindings with nothing but application data: no addresses, as RFC 5929 has it.
#include "channel_bindings_sspi.h"

#include <windows.h>
#define SECURITY_WIN32
#include <security.h>

#include <cstring>

namespace latchkey {

SecretBytes ChannelBindingsBuffer(const std::vector<uint8_t>& application_data) {
  if (application_data.empty()) return SecretBytes();
  SEC_CHANNEL_BINDINGS header{};
  header.cbApplicationDataLength = static_cast<unsigned long>(application_data.size());
  header.dwApplicationDataOffset = sizeof header;
  SecretBytes buffer(sizeof header + application_data.size());
  std::memcpy(buffer.data(), &header, sizeof header);
  std::memcpy(buffer.data() + sizeof header, application_data.data(), application_data.size());
  return buffer;
}

}  // namespace latchkey
