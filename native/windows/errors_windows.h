// Win32 error → NativeError; the only such table on Windows.
#pragma once

#include "../result.h"

namespace latchkey {

// `error` is GetLastError() as it was right after `call`, the name of the function, failed.
NativeError WindowsError(const char* call, unsigned long error);

}  // namespace latchkey
