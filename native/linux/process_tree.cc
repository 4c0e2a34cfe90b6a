// Reading /proc/<pid>/stat upwards. (proc(5))
#include "process_tree.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace latchkey {
namespace {

constexpr int kDeepestTree = 64;

// 0 when there is no such process.
uint32_t StarterOf(uint32_t process_id) {
  char path[64], line[512];
  std::snprintf(path, sizeof path, "/proc/%u/stat", process_id);
  std::FILE* file = std::fopen(path, "re");
  if (file == nullptr) return 0;
  const std::size_t size = std::fread(line, 1, sizeof line - 1, file);
  std::fclose(file);
  line[size] = '\0';
  return StarterIn(line);
}

}  // namespace

uint32_t StarterIn(const char* line) {
  // The name of the program, in parentheses, may hold anything, parentheses too.
  const char* after_name = std::strrchr(line, ')');
  // ") S 4711": the state is one character.
  if (after_name == nullptr || std::strlen(after_name) < 5 || after_name[1] != ' ' || after_name[3] != ' ') return 0;
  const unsigned long starter = std::strtoul(after_name + 4, nullptr, 10);
  return starter <= UINT32_MAX ? static_cast<uint32_t>(starter) : 0;
}

bool IsProcessOrDescendant(uint32_t process_id, uint32_t ancestor) {
  for (int depth = 0; process_id > 1 && depth < kDeepestTree; ++depth) {
    if (process_id == ancestor) return true;
    process_id = StarterOf(process_id);
  }
  return false;
}

}  // namespace latchkey
