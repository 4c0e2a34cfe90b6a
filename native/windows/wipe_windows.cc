// Wiping memory on Windows.
#include <windows.h>

#include "../secret_bytes.h"

namespace latchkey {

void Wipe(void* data, std::size_t size) {
  if (size != 0) SecureZeroMemory(data, size);
}

}  // namespace latchkey
