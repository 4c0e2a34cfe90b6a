// Secrets in the Secret Service, over libsecret.
#include <algorithm>
#include <string_view>
#include <vector>

#include "../secret_store.h"
#include "glib_operation.h"
#include "libsecret_library.h"
#include "secret_query.h"
#include "secret_search.h"
#include "sound_service.h"

namespace latchkey {
namespace {

using libsecret::Error;
using libsecret::List;
using libsecret::ObjectPointer;
using libsecret::Query;
using libsecret::Unref;

// An item may go away between two questions about it; how often all of them are asked again then.
constexpr int kMaxRounds = 3;

struct Items {
  std::vector<ObjectPointer> unlocked;
  std::vector<ObjectPointer> locked;
};

NativeError StaysLocked() { return NativeError{"LOCKED", "secret_service_unlock", 0, 0, "the keyring stays locked"}; }

// A provider, as it is seen by one call.
class Provider {
 public:
  Provider(const libsecret::Library& library, const SecretItem& item, Timeout timeout)
      : library_(library),
        item_(item),
        query_(library, item, item.match_schema),
        exact_(library, item, true),
        operation_(library, timeout) {}

  Result<Done> Open() {
    const Result<Done> connected = operation_.Connect();
    if (!connected.ok()) return connected.error();
    const std::size_t type = libsecret::SoundServiceType(library_);
    if (type == 0) return NativeError{"FAILED", "g_type_register_static", 0, 0, "no type of the store can be added"};
    const ObjectPointer result = operation_.Await([&](libsecret::Ready ready, void* data) {
      library_.service_open(type, nullptr, 0, cancellable(), ready, data);
    });
    Error* error = nullptr;
    if (result) service_.reset(library_.service_open_finish(result.get(), &error));
    if (!service_) return operation_.Failure("secret_service_open", error);
    return Done{};
  }

  // Every item that fits; no dialog.
  Result<Items> Search() { return Search(query_); }

  Result<Items> Search(const Query& query) {
    Result<std::vector<ObjectPointer>> found = libsecret::SearchItems(&operation_, service(), query);
    if (!found.ok()) return found.error();
    Items items;
    for (ObjectPointer& item : found.value()) {
      Result<bool> is_locked = IsLocked(item);
      if (!is_locked.ok()) return is_locked.error();
      (is_locked.value() ? items.locked : items.unlocked).push_back(std::move(item));
    }
    return items;
  }

  // The collection that the item would be stored in; empty when there is none.
  Result<ObjectPointer> Collection() {
    const ObjectPointer result = operation_.Await([&](libsecret::Ready ready, void* data) {
      library_.collection_for_alias(service(), item_.collection.c_str(), 0, cancellable(), ready, data);
    });
    Error* error = nullptr;
    libsecret::Object found = result ? library_.collection_for_alias_finish(result.get(), &error) : nullptr;
    if (!result || error != nullptr) return operation_.Failure("secret_collection_for_alias", error);
    return ObjectPointer(found, Unref{&library_});
  }

  // Asks to unlock all of them, with a dialog where the provider needs one. LOCKED when one stays locked.
  Result<Done> Unlock(const std::vector<ObjectPointer>& objects) {
    std::vector<List> list(objects.size());
    for (std::size_t i = 0; i < objects.size(); ++i) {
      list[i] = {objects[i].get(), i + 1 < objects.size() ? &list[i + 1] : nullptr, i > 0 ? &list[i - 1] : nullptr};
    }
    const ObjectPointer result = operation_.Await([&](libsecret::Ready ready, void* data) {
      library_.service_unlock(service(), list.data(), cancellable(), ready, data);
    });
    Error* error = nullptr;
    const int count = result ? library_.service_unlock_finish(service(), result.get(), nullptr, &error) : 0;
    if (!result || error != nullptr) return operation_.Failure("secret_service_unlock", error);
    if (static_cast<std::size_t>(std::max(count, 0)) < objects.size()) return StaysLocked();
    return Done{};
  }

  // As Search, but with certainty: what is locked is unlocked first. Of an item that is there twice `all` means both,
  // else one that is not locked is enough.
  Result<Items> Find(bool all) {
    Result<Items> items = Search();
    if (!items.ok()) return items;
    if (all ? items.value().locked.empty() && !items.value().unlocked.empty() : !items.value().unlocked.empty()) {
      return items;
    }
    std::vector<ObjectPointer> locked = std::move(items.value().locked);
    if (locked.empty()) {
      // A provider may not tell what is in a locked one.
      Result<ObjectPointer> collection = Collection();
      if (!collection.ok()) return collection.error();
      if (!collection.value()) return items;
      Result<bool> is_locked = IsLocked(collection.value());
      if (!is_locked.ok()) return is_locked.error();
      if (!is_locked.value()) return items;
      locked.push_back(std::move(collection.value()));
    }
    const Result<Done> unlocked = Unlock(locked);
    if (!unlocked.ok()) return unlocked.error();
    items = Search();
    if (items.ok() && !items.value().locked.empty() && (all || items.value().unlocked.empty())) return StaysLocked();
    return items;
  }

  Result<SecretBytes> Load(const ObjectPointer& item) {
    const ObjectPointer result = operation_.Await(
        [&](libsecret::Ready ready, void* data) { library_.item_load(item.get(), cancellable(), ready, data); });
    Error* error = nullptr;
    if (!result || !library_.item_load_finish(item.get(), result.get(), &error)) {
      return operation_.Failure("secret_item_load_secret", error);
    }
    const libsecret::Value value = library_.item_secret(item.get());
    if (value == nullptr) return StaysLocked();
    std::size_t size = 0;
    const char* data = library_.value_get(value, &size);
    SecretBytes secret(data, size);
    library_.value_unref(value);
    return secret;
  }

  // The item that storing would replace; empty when there is none, or none that is not locked. It may have more
  // attributes: KeePassXC adds some.
  Result<ObjectPointer> Present() {
    Result<Items> items = Search(exact_);
    if (!items.ok()) return items.error();
    if (items.value().unlocked.empty()) return ObjectPointer(nullptr, Unref{&library_});
    Result<ObjectPointer> collection = Collection();
    if (!collection.ok()) return collection.error();
    ObjectPointer closest(nullptr, Unref{&library_});
    for (ObjectPointer& item : items.value().unlocked) {
      if (!collection.value() || !IsIn(collection.value(), item)) continue;
      if (!closest || CountAttributes(item) < CountAttributes(closest)) closest = std::move(item);
    }
    return closest;
  }

  // Changes `present`, or stores a new item when that is empty.
  Result<Done> Store(const ObjectPointer& present, const SecretBytes& secret, const std::string& label) {
    const libsecret::Value value = library_.value_new(reinterpret_cast<const char*>(secret.data()),
                                                      static_cast<intptr_t>(secret.size()), item_.content_type.c_str());
    const ObjectPointer result = operation_.Await([&](libsecret::Ready ready, void* data) {
      if (present) {
        library_.item_set_secret(present.get(), value, cancellable(), ready, data);
      } else {
        library_.service_store(service(), query_.schema(), query_.attributes(), item_.collection.c_str(), label.c_str(),
                               value, cancellable(), ready, data);
      }
    });
    library_.value_unref(value);
    Error* error = nullptr;
    const bool stored = result && (present ? library_.item_set_secret_finish(present.get(), result.get(), &error)
                                           : library_.service_store_finish(service(), result.get(), &error));
    if (!stored) return operation_.Failure(present ? "secret_item_set_secret" : "secret_service_store", error);
    return Done{};
  }

  Result<Done> Delete(const ObjectPointer& item) {
    const ObjectPointer result = operation_.Await(
        [&](libsecret::Ready ready, void* data) { library_.item_delete(item.get(), cancellable(), ready, data); });
    Error* error = nullptr;
    if (!result || !library_.item_delete_finish(item.get(), result.get(), &error)) {
      return operation_.Failure("secret_item_delete", error);
    }
    return Done{};
  }

 private:
  bool IsIn(const ObjectPointer& collection, const ObjectPointer& item) const {
    const std::string folder = std::string(library_.object_path(collection.get())) + "/";
    return std::string_view(library_.object_path(item.get())).substr(0, folder.size()) == folder;
  }

  // Of a provider that has just ended GLib forgets what there was, and libsecret's own functions say so on the standard
  // error. One that does not tell is asked to unlock it.
  Result<bool> IsLocked(const ObjectPointer& object) const {
    const libsecret::Variant property = library_.cached_property(object.get(), "Locked");
    if (property != nullptr) {
      const bool is_locked = library_.variant_boolean(property) != 0;
      library_.variant_unref(property);
      return is_locked;
    }
    char* owner = library_.name_owner(object.get());
    library_.free(owner);
    if (owner != nullptr) return true;
    return NativeError{"NO_PROVIDER", "g_dbus_proxy_get_cached_property", 0, 0, "the provider has ended"};
  }

  std::size_t CountAttributes(const ObjectPointer& item) const {
    const libsecret::Variant attributes = library_.cached_property(item.get(), "Attributes");
    if (attributes == nullptr) return 0;
    const std::size_t count = library_.variant_children(attributes);
    library_.variant_unref(attributes);
    return count;
  }

  libsecret::Object service() const { return service_.get(); }
  libsecret::Object cancellable() const { return operation_.cancellable(); }

  const libsecret::Library& library_;
  const SecretItem& item_;
  Query query_;
  Query exact_;
  libsecret::Operation operation_;
  ObjectPointer service_{nullptr, Unref{&library_}};
};

bool HasVanished(const NativeError& error) { return std::string_view(error.code) == "NO_COLLECTION"; }

Result<std::optional<SecretBytes>> GetFrom(Provider& provider) {
  Result<Items> items = provider.Find(false);
  if (!items.ok()) return items.error();
  if (items.value().unlocked.empty()) return std::optional<SecretBytes>();
  Result<SecretBytes> secret = provider.Load(items.value().unlocked.front());
  if (!secret.ok()) return secret.error();
  return std::optional<SecretBytes>(std::move(secret.value()));
}

Result<bool> DeleteFrom(Provider& provider) {
  Result<Items> items = provider.Find(true);
  if (!items.ok()) return items.error();
  bool deleted = false;
  for (const ObjectPointer& item : items.value().unlocked) {
    const Result<Done> gone = provider.Delete(item);
    if (!gone.ok() && !HasVanished(gone.error())) return gone.error();
    deleted = deleted || gone.ok();
  }
  return deleted;
}

// Not by letting the provider replace what is there: KeePassXC never answers that to a connection that has not stored
// the item.
Result<Done> StoreWith(Provider& provider, const SecretBytes& secret, const std::string& label) {
  Result<ObjectPointer> present = provider.Present();
  if (!present.ok()) return present.error();
  Result<Done> stored = provider.Store(present.value(), secret, label);
  if (stored.ok() || std::string_view(stored.error().code) != "DENIED") return stored;
  // The dialog may have been one that asks for a collection to be made first.
  Result<ObjectPointer> collection = provider.Collection();
  if (!collection.ok() || collection.value()) return stored;
  NativeError failure = stored.error();
  failure.code = "NO_COLLECTION";
  return failure;
}

// Runs `work` with the provider, again when an item went away under it.
template <class T, class Work>
Result<T> WithProvider(const SecretItem& item, Timeout timeout, Work work) {
  Result<const libsecret::Library*> library = libsecret::Library::Open();
  if (!library.ok()) return library.error();
  Provider provider(*library.value(), item, timeout);
  const Result<Done> opened = provider.Open();
  if (!opened.ok()) return opened.error();
  for (int round = 1;; ++round) {
    Result<T> result = work(provider);
    if (result.ok() || !HasVanished(result.error()) || round == kMaxRounds) return result;
  }
}

}  // namespace

Result<std::optional<SecretBytes>> GetSecret(const SecretItem& item, Timeout timeout) {
  return WithProvider<std::optional<SecretBytes>>(item, timeout, GetFrom);
}

Result<Done> SetSecret(const SecretItem& item, const SecretBytes& secret, const std::string& label, Timeout timeout) {
  return WithProvider<Done>(item, timeout, [&](Provider& provider) { return StoreWith(provider, secret, label); });
}

Result<bool> DeleteSecret(const SecretItem& item, Timeout timeout) {
  return WithProvider<bool>(item, timeout, DeleteFrom);
}

}  // namespace latchkey
