// The Secret Service that is opened: libsecret's, mended where a provider that ends or answers nonsense trips it up.
#pragma once

#include <cstddef>

#include "libsecret_library.h"

namespace latchkey::libsecret {

// A type below SecretService, to be handed to `service_open`; 0 when GLib takes none. Two things are done otherwise
// than in libsecret 0.20:
// - A signal that a collection or an item has come or gone is not minded. libsecret adds it to a list that is not there
//   as long as the provider's properties are not, as when it has just been started anew, and ends the process.
// - A dialog that ends without a result fails. libsecret never ends such a call, and takes one that was dismissed for
//   done when it has a result all the same.
// Thread: any.
std::size_t SoundServiceType(const Library& library);

}  // namespace latchkey::libsecret
