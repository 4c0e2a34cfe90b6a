// What the desktop does for programs. Windows only; elsewhere TypeScript starts a program that does it.
#pragma once

#include <string>

#include "result.h"

namespace latchkey {

// Opens an http or https URL in the user's browser. No shell reads it, and no command line is made of it.
// @errors NOT_FOUND, DENIED, TIMEOUT, FAILED
// Thread: pool.
Result<Done> OpenUrl(const std::string& url);

}  // namespace latchkey
