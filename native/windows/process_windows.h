// Who has started whom.
#pragma once

#include <cstdint>
#include <set>

namespace latchkey {

// The process and those that it, or a descendant of it, has started.
// Thread: any.
std::set<uint32_t> ProcessAndDescendants(uint32_t process_id);

}  // namespace latchkey
