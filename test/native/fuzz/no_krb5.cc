// In place of MIT's library, which a target that has a stand-in for GSSAPI does not open.
#include "../../../native/posix/gssapi_library.h"

void latchkey::gssapi::KeepConfiguration() {}
