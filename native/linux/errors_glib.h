// GError → NativeError; the only such table for libsecret.
#pragma once

#include "../result.h"
#include "libsecret_library.h"

namespace latchkey::libsecret {

// Takes `error`, which `call` gave, and frees it. Null is a failure without a reason.
NativeError GlibError(const Library& library, const char* call, Error* error);

}  // namespace latchkey::libsecret
