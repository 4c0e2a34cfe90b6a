// The tree of processes, from a snapshot of the system.
#include "process_windows.h"

#include <windows.h>
// Needs the one above.
#include <tlhelp32.h>

#include <utility>
#include <vector>

namespace latchkey {
namespace {

// 0 when it is not known.
uint64_t StartOf(uint32_t process_id) {
  const HANDLE process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, process_id);
  if (process == nullptr) return 0;
  FILETIME start{}, other;
  const BOOL is_known = GetProcessTimes(process, &start, &other, &other, &other);
  CloseHandle(process);
  return is_known ? uint64_t{start.dwHighDateTime} << 32 | start.dwLowDateTime : 0;
}

}  // namespace

std::set<uint32_t> ProcessAndDescendants(uint32_t process_id) {
  std::vector<std::pair<uint32_t, uint32_t>> starters;  // a process and who has started it
  const HANDLE snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
  if (snapshot != INVALID_HANDLE_VALUE) {
    PROCESSENTRY32W entry{};
    entry.dwSize = sizeof entry;
    for (BOOL more = Process32FirstW(snapshot, &entry); more; more = Process32NextW(snapshot, &entry)) {
      starters.emplace_back(entry.th32ProcessID, entry.th32ParentProcessID);
    }
    CloseHandle(snapshot);
  }
  std::set<uint32_t> family{process_id};
  for (std::size_t before = 0; before != family.size();) {
    before = family.size();
    for (const auto& [process, starter] : starters) {
      if (family.count(starter) == 0 || family.count(process) != 0) continue;
      // A number is used again: whoever is older than its starter was started by another one of that number.
      if (StartOf(process) >= StartOf(starter)) family.insert(process);
    }
  }
  return family;
}

}  // namespace latchkey
