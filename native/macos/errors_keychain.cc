// OSStatus → code and text, after SecBase.h.
#include "errors_keychain.h"

#include <string>

namespace latchkey::keychain {
namespace {

const char* CodeOf(Status status) {
  switch (status) {
    case kItemNotFound:
      return "NOT_FOUND";
    case -25308:  // errSecInteractionNotAllowed: locked, and nobody can be asked, as over SSH
    case -25315:  // errSecInteractionRequired
      return "LOCKED";
    case -128:    // errSecUserCanceled
    case -61:     // errSecWrPerm
    case -25243:  // errSecNoAccessForItem
    case -25292:  // errSecReadOnly
    case -25293:  // errSecAuthFailed
    case -34018:  // errSecMissingEntitlement
      return "DENIED";
    case -25294:  // errSecNoSuchKeychain
    case -25295:  // errSecInvalidKeychain
    case -25307:  // errSecNoDefaultKeychain
      return "NO_COLLECTION";
    case -4:      // errSecUnimplemented
    case -25291:  // errSecNotAvailable
      return "UNAVAILABLE";
    default:
      return "FAILED";
  }
}

std::string TextOf(const Library& library, Status status) {
  const Ref string = library.error_text(status, nullptr);
  char text[512];
  const bool known = string != nullptr && library.string_get(string, text, sizeof text, kUtf8);
  if (string != nullptr) library.release(string);
  return known ? text : "OSStatus " + std::to_string(status);
}

}  // namespace

NativeError KeychainError(const Library& library, const char* call, Status status) {
  return NativeError{CodeOf(status), call, status, 0, TextOf(library, status)};
}

}  // namespace latchkey::keychain
