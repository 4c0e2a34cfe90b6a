// Lines of /proc/<pid>/stat: the name in them is chosen by the program that it is the name of.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "../../../native/linux/process_tree.h"
#include "expect.h"

using namespace latchkey;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  const std::string name(reinterpret_cast<const char*>(data), size);
  StarterIn(name.c_str());
  // Whatever the name is, it is not taken for what follows it.
  if (name.find('\0') == std::string::npos) {
    Expect(StarterIn(("4711 (" + name + ") S 42 4711 4711 0 -1").c_str()) == 42);
  }
  return 0;
}
