// SECURITY_STATUS → NativeError; the only such table.
#pragma once

#include "../result.h"

namespace latchkey {

// `status` is what `call`, the name of an SSPI function, answered.
NativeError SspiError(const char* call, long status);

}  // namespace latchkey
