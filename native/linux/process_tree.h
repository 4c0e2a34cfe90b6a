// Who has started whom, from /proc.
#pragma once

#include <cstdint>

namespace latchkey {

// Is `process_id` that process itself, or one that it or a descendant of it has started?
// Thread: any.
bool IsProcessOrDescendant(uint32_t process_id, uint32_t ancestor);

// Who has started the process that this line of /proc/<pid>/stat is of; 0 when it does not say.
// Thread: any.
uint32_t StarterIn(const char* line);

}  // namespace latchkey
