// Uses the code for the Keychain over the stand-in, and prints what it answers, a line each.
#include <cstdio>
#include <string>

#include "../../../native/secret_store.h"
#include "fake_keychain.h"

using namespace latchkey;

namespace {

constexpr Timeout kNoTimeout(0);

SecretItem Item(const char* service, const char* account) {
  SecretItem item;
  item.service = service;
  item.account = account;
  return item;
}

SecretBytes Bytes(const std::string& text) { return SecretBytes(text.data(), text.size()); }

void Say(const std::string& what, const std::string& answer) { std::printf("%s: %s\n", what.c_str(), answer.c_str()); }

std::string Describe(const NativeError& error) {
  return std::string(error.code) + " " + error.call + " " + std::to_string(error.status) + " " + error.message;
}

void Get(const SecretItem& item) {
  Result<std::optional<SecretBytes>> secret = GetSecret(item, kNoTimeout);
  if (!secret.ok()) return Say("get", Describe(secret.error()));
  if (!secret.value()) return Say("get", "absent");
  const SecretBytes& bytes = *secret.value();
  Say("get", "[" + std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()) + "]");
}

void Set(const SecretItem& item, const std::string& secret, const char* label) {
  const Result<Done> done = SetSecret(item, Bytes(secret), label, kNoTimeout);
  Say("set", done.ok() ? "done" : Describe(done.error()));
}

void Delete(const SecretItem& item) {
  Result<bool> deleted = DeleteSecret(item, kNoTimeout);
  Say("delete", !deleted.ok() ? Describe(deleted.error()) : deleted.value() ? "deleted" : "absent");
}

}  // namespace

int main() {
  const SecretItem item = Item("contoso", "J\xC3\xBCrgen");
  Get(item);
  Delete(item);
  Set(item, "first", "a label");
  Get(item);
  Set(item, "second", "another label");
  Get(item);
  Say("label", FakeLabel("contoso", "J\xC3\xBCrgen"));
  Get(Item("contoso", "joe"));
  Get(Item("J\xC3\xBCrgen", "contoso"));
  Set(item, "", "");
  Get(item);
  Delete(item);
  Get(item);
  FakeAddBetween("contoso", "joe");
  Set(Item("contoso", "joe"), "quick", "a label");
  Get(Item("contoso", "joe"));

  for (const int32_t status : {-25308, -25315, -128, -61, -25243, -25292, -25293, -34018, -25294, -25295, -25307, -4,
                               -25291, -25299, -67671, -1}) {
    FakeFailNext("SecItemCopyMatching", status);
    Get(item);
  }
  FakeFailNext("SecItemUpdate", -25308);
  Set(item, "x", "x");
  FakeFailNext("SecItemAdd", -25307);
  Set(item, "x", "x");
  FakeFailNext("SecItemDelete", -128);
  Delete(item);
  Say("live", std::to_string(FakeLiveObjects()));
}
