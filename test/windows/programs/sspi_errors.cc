// Prints the code for each of the SECURITY_STATUS numbers it is given, as documents write them.
#include <cstdio>
#include <cstdlib>

#include "../../../native/windows/errors_sspi.h"

int main(int count, char** numbers) {
  for (int i = 1; i < count; ++i) {
    const unsigned long number = std::strtoul(numbers[i], nullptr, 16);
    const latchkey::NativeError error = latchkey::SspiError("call", static_cast<long>(number));
    std::printf("%s %s %llX %s\n", numbers[i], error.code, static_cast<unsigned long long>(error.status),
                error.message.c_str());
  }
  return 0;
}
