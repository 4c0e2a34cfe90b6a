// Secrets in the store that the system has for those of its user: the Secret Service on Linux, the Keychain on macOS.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "result.h"
#include "secret_bytes.h"

namespace latchkey {

// How many attributes a schema of libsecret holds: the last of its 32 places ends the list.
constexpr std::size_t kMaxSecretAttributes = 31;

// Which secret. All texts are UTF-8.
struct SecretItem {
  // macOS.
  std::string service;
  std::string account;
  // Linux. Without `match_schema` at least one attribute, else every item of the user would be meant.
  std::string schema;
  bool match_schema = true;
  std::map<std::string, std::string> attributes;
  std::string collection;  // an alias
  std::string content_type;
};

using Timeout = std::chrono::milliseconds;

// The secret; no value when the store is open and has none.
// @errors LOCKED, UNAVAILABLE, NO_SERVICE, NO_PROVIDER, DENIED, TIMEOUT, FAILED
// Thread: pool.
Result<std::optional<SecretBytes>> GetSecret(const SecretItem& item, Timeout timeout);

// Stores it in place of the one that is there.
// @errors those of GetSecret; NO_COLLECTION
// Thread: pool.
Result<Done> SetSecret(const SecretItem& item, const SecretBytes& secret, const std::string& label, Timeout timeout);

// Deletes it. False when there was none.
// @errors those of GetSecret
// Thread: pool.
Result<bool> DeleteSecret(const SecretItem& item, Timeout timeout);

}  // namespace latchkey
