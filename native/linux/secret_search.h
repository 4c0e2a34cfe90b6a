// Finding items, without libsecret's own search, which loses an item that is listed twice and reads what it has freed.
#pragma once

#include <vector>

#include "glib_operation.h"
#include "secret_query.h"

namespace latchkey::libsecret {

// Every item of the provider that fits, each once and in its order, those that are not locked first. No dialog.
// @errors those of the provider; NO_COLLECTION when an item went away meanwhile
Result<std::vector<ObjectPointer>> SearchItems(Operation* operation, Object service, const Query& query);

}  // namespace latchkey::libsecret
