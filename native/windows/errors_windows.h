// Win32 error → NativeError; the only such table on Windows.
#pragma once

#include <string>

#include "../result.h"

namespace latchkey {

// `error` is GetLastError() as it was right after `call`, the name of the function, failed.
NativeError WindowsError(const char* call, unsigned long error);

// The system's text for a Win32 error or an HRESULT, UTF-8; the number when it has none.
std::string WindowsText(unsigned long error);

}  // namespace latchkey
