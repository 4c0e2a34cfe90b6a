// Domain and code of a GError → code and text. The texts are translated and change, so nobody may look at them.
#include "errors_glib.h"

#include <cstring>
#include <string>

namespace latchkey::libsecret {
namespace {

// GDBusError
const char* CodeOfDbus(int code) {
  switch (code) {
    case 2:   // SERVICE_UNKNOWN
    case 3:   // NAME_HAS_NO_OWNER
    case 4:   // NO_REPLY: it has ended
    case 31:  // SPAWN_SERVICE_NOT_FOUND
    case 23:  // SPAWN_EXEC_FAILED, and the other ways in which the bus fails to start it
    case 24:
    case 25:
    case 26:
    case 27:
    case 28:
    case 29:
    case 30:
    case 32:
    case 33:
    case 34:
      return "NO_PROVIDER";
    case 9:   // ACCESS_DENIED
    case 10:  // AUTH_FAILED
      return "DENIED";
    case 12:  // TIMEOUT
    case 20:  // TIMED_OUT
      return "TIMEOUT";
    case 15:  // DISCONNECTED
      return "NO_SERVICE";
    case 19:  // UNKNOWN_METHOD: older providers say so of a path that leads nowhere
    case 41:  // UNKNOWN_OBJECT
    case 42:  // UNKNOWN_INTERFACE
      return "NO_COLLECTION";
    default:
      return "FAILED";
  }
}

// GIOErrorEnum
const char* CodeOfIo(int code) {
  switch (code) {
    case 14:  // PERMISSION_DENIED
    case 19:  // CANCELLED, and not by us: the user closed the dialog
      return "DENIED";
    case 24:  // TIMED_OUT
      return "TIMEOUT";
    case 18:  // CLOSED: the bus has ended
      return "NO_SERVICE";
    default:
      return "FAILED";
  }
}

// SecretError
const char* CodeOfSecret(int code) {
  switch (code) {
    case 2:  // IS_LOCKED
      return "LOCKED";
    case 3:  // NO_SUCH_OBJECT
      return "NO_COLLECTION";
    default:
      return "FAILED";
  }
}

}  // namespace

NativeError GlibError(const Library& library, const char* call, Error* error) {
  if (error == nullptr) return NativeError{"FAILED", call, 0, 0, "no reason was given"};
  const char* domain = library.quark_to_string(error->domain);
  const char* code = "FAILED";
  if (error->domain == library.error_domain()) {
    code = CodeOfSecret(error->code);
  } else if (domain != nullptr && std::strcmp(domain, "g-dbus-error-quark") == 0) {
    code = CodeOfDbus(error->code);
  } else if (domain != nullptr && std::strcmp(domain, "g-io-error-quark") == 0) {
    code = CodeOfIo(error->code);
  }
  NativeError failure{code, call, error->code, 0, std::string(error->message) + " (" + (domain ? domain : "?") + ")"};
  library.error_free(error);
  return failure;
}

}  // namespace latchkey::libsecret
