// Wiping memory on Linux and macOS.
// NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): C11's own
#define __STDC_WANT_LIB_EXT1__ 1  // memset_s on macOS

#include <string.h>

#include "../secret_bytes.h"

namespace latchkey {

void Wipe(void* data, std::size_t size) {
  if (size == 0) return;
#ifdef __APPLE__
  memset_s(data, size, 0, size);
#else
  explicit_bzero(data, size);
#endif
}

}  // namespace latchkey
