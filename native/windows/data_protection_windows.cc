// DPAPI in the scope of the current user.
#include <windows.h>

#include "../data_protection.h"
// After windows.h, which it needs.
#include <dpapi.h>

#include <limits>

#include "errors_windows.h"

namespace latchkey {
namespace {

// What DPAPI hands out: wiped before it is given back, since it may be the plaintext.
class LocalBlob {
 public:
  ~LocalBlob() {
    Wipe(blob_.pbData, blob_.cbData);
    LocalFree(blob_.pbData);
  }
  DATA_BLOB* out() { return &blob_; }
  SecretBytes Copy() const { return SecretBytes(blob_.pbData, blob_.cbData); }

 private:
  DATA_BLOB blob_ = {};
};

bool Fits(const SecretBytes& bytes) { return bytes.size() <= std::numeric_limits<DWORD>::max(); }

// DPAPI reads it only, although its type is not a constant. It takes no null pointer, not even for nothing.
DATA_BLOB View(const SecretBytes& bytes) {
  static BYTE nothing = 0;
  return DATA_BLOB{static_cast<DWORD>(bytes.size()), bytes.empty() ? &nothing : const_cast<BYTE*>(bytes.data())};
}

}  // namespace

Result<SecretBytes> ProtectData(const SecretBytes& plain, const SecretBytes& entropy) {
  if (!Fits(plain) || !Fits(entropy)) return WindowsError("CryptProtectData", ERROR_INVALID_PARAMETER);
  DATA_BLOB in = View(plain);
  DATA_BLOB more = View(entropy);
  LocalBlob out;
  // No description: the MSALs write none or ignore it, and it would be readable by everybody.
  if (!CryptProtectData(&in, nullptr, entropy.empty() ? nullptr : &more, nullptr, nullptr, CRYPTPROTECT_UI_FORBIDDEN,
                        out.out())) {
    return WindowsError("CryptProtectData", GetLastError());
  }
  return out.Copy();
}

Result<SecretBytes> UnprotectData(const SecretBytes& sealed, const SecretBytes& entropy) {
  if (!Fits(sealed) || !Fits(entropy)) return WindowsError("CryptUnprotectData", ERROR_INVALID_PARAMETER);
  DATA_BLOB in = View(sealed);
  DATA_BLOB more = View(entropy);
  LocalBlob out;
  if (!CryptUnprotectData(&in, nullptr, entropy.empty() ? nullptr : &more, nullptr, nullptr, CRYPTPROTECT_UI_FORBIDDEN,
                          out.out())) {
    return WindowsError("CryptUnprotectData", GetLastError());
  }
  return out.Copy();
}

}  // namespace latchkey
