// GSSAPI's status values → NativeError; the only such table.
#pragma once

#include "gssapi_library.h"

namespace latchkey::gssapi {

// To be asked on the thread whose call failed, and before the next call: the library keeps the text there.
// `mechanism` is the one whose minor status it is: only the Kerberos mechanism's own tell what was wrong, SPNEGO
// numbers failures as they come. @param call the function of the library that failed.
NativeError StatusError(const Library& library, const char* call, Word major, Word minor, Oid* mechanism);

// The same for a status of the Kerberos library itself.
const char* CodeOfKerberos(int32_t status);

}  // namespace latchkey::gssapi
