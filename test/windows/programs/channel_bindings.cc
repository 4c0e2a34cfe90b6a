// Prints, in hexadecimal, the buffer that SSPI is given for the application data in the first argument.
#include <cstdio>
#include <cstring>

#include "../../../native/windows/channel_bindings_sspi.h"

int main(int count, char** arguments) {
  std::vector<uint8_t> data;
  if (count > 1) data.assign(arguments[1], arguments[1] + std::strlen(arguments[1]));
  const latchkey::SecretBytes buffer = latchkey::ChannelBindingsBuffer(data);
  for (std::size_t i = 0; i < buffer.size(); ++i) std::printf("%02x", static_cast<unsigned>(buffer.data()[i]));
  std::printf(".\n");
  return 0;
}
