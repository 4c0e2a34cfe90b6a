// Sealing bytes so that only the same user of the same machine can open them: DPAPI, Windows only.
#pragma once

#include "result.h"
#include "secret_bytes.h"

namespace latchkey {

// Seals `plain`, at most 4 GiB, for the current user. `entropy` is empty, or has to be given again to open it. Never
// asks anybody. Thread: pool.
Result<SecretBytes> ProtectData(const SecretBytes& plain, const SecretBytes& entropy);

// Opens what ProtectData, MSAL.NET or MSAL Python sealed.
// @errors INVALID_DATA for bytes that nobody sealed, that were changed, or that need another entropy or another user.
// Thread: pool.
Result<SecretBytes> UnprotectData(const SecretBytes& sealed, const SecretBytes& entropy);

}  // namespace latchkey
