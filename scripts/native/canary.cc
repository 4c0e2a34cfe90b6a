// Faults for the sanitizers to find before anything of ours is run: a run that cannot see these would prove nothing.
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace {

volatile int size = 16;
volatile int most = 0x7fffffff;

// Run by the loader, so that no Node-API is needed.
__attribute__((constructor)) void Plant() {
  const char* fault = std::getenv("LATCHKEY_CANARY");
  const std::string_view name = fault == nullptr ? "" : fault;
  if (name == "overflow") {
    char* bytes = new char[static_cast<std::size_t>(size)];
    bytes[size] = 1;
    delete[] bytes;
  } else if (name == "undefined") {
    most = most + size;
  } else if (name == "leak") {
    // Nothing points at it any more when this function is left.
    std::memset(new char[4242], size, 4242);
  }
}

}  // namespace
