// errno → NativeError; the only such table on Linux and macOS.
#pragma once

#include "../result.h"

namespace latchkey {

// `error_number` is errno as it was right after `call`, the name of the system call, failed.
NativeError PosixError(const char* call, int error_number);

}  // namespace latchkey
