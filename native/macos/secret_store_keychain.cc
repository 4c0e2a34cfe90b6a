// Secrets as generic passwords of the default keychain, where MSAL.NET, MSAL Python and msal-node keep theirs.
#include <memory>
#include <type_traits>
#include <vector>

#include "../secret_store.h"
#include "errors_keychain.h"
#include "keychain_library.h"

namespace latchkey {
namespace {

using keychain::Index;
using keychain::KeychainError;
using keychain::Library;
using keychain::Ref;
using keychain::Status;

struct Release {
  const Library* library;
  void operator()(Ref object) const { library->release(object); }
};
using Owned = std::unique_ptr<std::remove_pointer_t<Ref>, Release>;

// Builds a dictionary; holds what is in it.
class Dictionary {
 public:
  explicit Dictionary(const Library& library) : library_(library), made_(nullptr, Release{&library}) {}

  Dictionary& Set(Ref name, Ref value) {
    names_.push_back(name);
    values_.push_back(value);
    return *this;
  }
  Dictionary& Set(Ref name, const std::string& text) {
    const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
    return Hold(name, library_.string_create(nullptr, bytes, static_cast<Index>(text.size()), keychain::kUtf8, false));
  }
  // The bytes are not copied: they have to outlive the dictionary.
  Dictionary& Set(Ref name, const SecretBytes& bytes) {
    static constexpr uint8_t kNothing = 0;
    const uint8_t* data = bytes.empty() ? &kNothing : bytes.data();
    return Hold(name,
                library_.data_create_no_copy(nullptr, data, static_cast<Index>(bytes.size()), library_.null_allocator));
  }

  Ref Make() {
    made_.reset(library_.dictionary_create(nullptr, names_.data(), values_.data(), static_cast<Index>(names_.size()),
                                           library_.type_keys, library_.type_values));
    return made_.get();
  }

 private:
  Dictionary& Hold(Ref name, Ref value) {
    held_.emplace_back(value, Release{&library_});
    return Set(name, value);
  }

  const Library& library_;
  std::vector<Ref> names_;
  std::vector<Ref> values_;
  std::vector<Owned> held_;
  Owned made_;
};

Dictionary Identify(const Library& library, const SecretItem& item) {
  Dictionary query(library);
  query.Set(library.item_class, library.generic_password);
  query.Set(library.service, item.service).Set(library.account, item.account);
  return query;
}

Status Update(const Library& library, const SecretItem& item, const SecretBytes& secret) {
  Dictionary query = Identify(library, item);
  // The label stays: it may be of another program that shares the item.
  Dictionary change(library);
  change.Set(library.data, secret);
  return library.update(query.Make(), change.Make());
}

Status Add(const Library& library, const SecretItem& item, const SecretBytes& secret, const std::string& label) {
  Dictionary attributes = Identify(library, item);
  attributes.Set(library.label, label).Set(library.data, secret);
  return library.add(attributes.Make(), nullptr);
}

}  // namespace

Result<std::optional<SecretBytes>> GetSecret(const SecretItem& item, Timeout) {
  Result<const Library*> opened = Library::Open();
  if (!opened.ok()) return opened.error();
  const Library& library = *opened.value();
  Dictionary query = Identify(library, item);
  query.Set(library.return_data, library.true_value).Set(library.match_limit, library.match_one);
  Ref found = nullptr;
  const Status status = library.copy_matching(query.Make(), &found);
  if (status == keychain::kItemNotFound) return std::optional<SecretBytes>();
  if (status != keychain::kSuccess) return KeychainError(library, "SecItemCopyMatching", status);
  const Owned data(found, Release{&library});
  // An item without any data has no object either.
  if (!data) return std::optional<SecretBytes>(SecretBytes());
  return std::optional<SecretBytes>(
      SecretBytes(library.data_bytes(found), static_cast<std::size_t>(library.data_length(found))));
}

Result<Done> SetSecret(const SecretItem& item, const SecretBytes& secret, const std::string& label, Timeout) {
  Result<const Library*> opened = Library::Open();
  if (!opened.ok()) return opened.error();
  const Library& library = *opened.value();
  const char* call = "SecItemUpdate";
  Status status = Update(library, item, secret);
  if (status == keychain::kItemNotFound) {
    call = "SecItemAdd";
    status = Add(library, item, secret, label);
    // Another process was quicker.
    if (status == keychain::kDuplicateItem) {
      call = "SecItemUpdate";
      status = Update(library, item, secret);
    }
  }
  if (status != keychain::kSuccess) return KeychainError(library, call, status);
  return Done{};
}

Result<bool> DeleteSecret(const SecretItem& item, Timeout) {
  Result<const Library*> opened = Library::Open();
  if (!opened.ok()) return opened.error();
  const Library& library = *opened.value();
  const Status status = library.remove(Identify(library, item).Make());
  if (status == keychain::kItemNotFound) return false;
  if (status != keychain::kSuccess) return KeychainError(library, "SecItemDelete", status);
  return true;
}

}  // namespace latchkey
