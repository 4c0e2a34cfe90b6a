// OSStatus → NativeError; the only such table for the Keychain.
#pragma once

#include "../result.h"
#include "keychain_library.h"

namespace latchkey::keychain {

NativeError KeychainError(const Library& library, const char* call, Status status);

}  // namespace latchkey::keychain
