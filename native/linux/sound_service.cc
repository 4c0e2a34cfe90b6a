// A type of GObject's below libsecret's: what of it is overridden, and by what.
#include "sound_service.h"

#include <cstdint>
#include <memory>
#include <string>

namespace latchkey::libsecret {
namespace {

constexpr int kSecretProtocol = 1;    // SecretError
constexpr int kSecretIsLocked = 2;    // SecretError
constexpr int kIoCancelled = 19;      // GIOErrorEnum
constexpr int kDbusNoReply = 4;       // GDBusError
constexpr const char* kPaths = "ao";  // as a GVariantType, which begins with its text

struct TypeInfo {  // GTypeInfo
  uint16_t class_size;
  void (*base_init)(void*);
  void (*base_finalize)(void*);
  void (*class_init)(void* type_class, void* data);
  void (*class_finalize)(void*, void*);
  const void* class_data;
  uint16_t instance_size;
  uint16_t preallocated;
  void (*instance_init)(void*, void*);
  const void* value_table;
};

struct ProxyMethods {  // what GDBusProxyClass adds to GObjectClass
  void (*properties_changed)(Object, Variant, const char* const*);
  void (*signal)(Object proxy, const char* sender, const char* name, Variant parameters);
};

struct ServiceMethods {  // what SecretServiceClass adds to GDBusProxyClass
  std::size_t collection_type;
  std::size_t item_type;
  void* prompt_sync;
  void (*prompt)(Object service, Object prompt, VariantType result_type, Object cancellable, Ready, void*);
  Variant (*prompt_finish)(Object service, Object result, Error**);
};

// What the classes need when they are made, which is after they are registered.
struct Sizes {
  std::size_t object_class;
  std::size_t proxy_class;
  std::size_t collection_type;
};

// A dialog that is open.
struct Asking {
  const Library& library;
  Object task;
  VariantType result_type;
  // The provider that asks, by its name on the bus.
  std::string owner;
  unsigned subscription = 0;
  bool is_dismissed = false;
};

template <class T>
T* At(void* type_class, std::size_t offset) {
  return reinterpret_cast<T*>(static_cast<char*>(type_class) + offset);
}

std::string OwnerOf(const Library& library, Object proxy) {
  char* name = library.name_owner(proxy);
  std::string owner = name != nullptr ? name : "";
  library.free(name);
  return owner;
}

Error* HasEnded(const Library& library) {
  return library.error_new(library.dbus_error_domain(), kDbusNoReply, "the provider has ended");
}

// Why a dialog that ended without an error has no result to go on with; null when it has one.
Error* WhatIsWrong(const Asking& asking, Object prompt, Variant value) {
  const Library& library = asking.library;
  const auto is_of = [&](VariantType type) { return value != nullptr && library.variant_is_of_type(value, type) != 0; };
  if (asking.is_dismissed) {
    const bool unlocks = asking.result_type != nullptr && library.variant_type_equal(asking.result_type, kPaths) != 0;
    return unlocks ? library.error_new(library.error_domain(), kSecretIsLocked, "the dialog was dismissed")
                   : library.error_new(library.io_error_domain(), kIoCancelled, "the dialog was dismissed");
  }
  if (value == nullptr && OwnerOf(library, prompt) != asking.owner) return HasEnded(library);
  if (value == nullptr || (asking.result_type != nullptr && !is_of(asking.result_type))) {
    return library.error_new(library.error_domain(), kSecretProtocol, "the dialog has no result, or another one");
  }
  return nullptr;
}

void OnCompleted(Object, const char*, const char*, const char*, const char*, Variant parameters, void* data) {
  auto* asking = static_cast<Asking*>(data);
  const Library& library = asking->library;
  if (!library.variant_is_of_type(parameters, "(bv)")) return;
  const Variant dismissed = library.variant_child(parameters, 0);
  asking->is_dismissed = library.variant_boolean(dismissed) != 0;
  library.variant_unref(dismissed);
}

void OnPrompted(Object prompt, Object result, void* data) {
  const std::unique_ptr<Asking> asking(static_cast<Asking*>(data));
  const Library& library = asking->library;
  library.signal_unsubscribe(library.proxy_connection(prompt), asking->subscription);
  Error* error = nullptr;
  const Variant value = library.prompt_perform_finish(prompt, result, &error);
  if (error == nullptr) error = WhatIsWrong(*asking, prompt, value);
  if (error == nullptr) {
    library.task_return_pointer(asking->task, value, reinterpret_cast<void (*)(void*)>(library.variant_unref));
  } else {
    if (value != nullptr) library.variant_unref(value);
    library.task_return_error(asking->task, error);
  }
  library.object_unref(asking->task);
}

void Prompt(Object service, Object prompt, VariantType result_type, Object cancellable, Ready ready, void* data) {
  const Library& library = *Library::Open().value();
  const Object task = library.task_new(service, cancellable, ready, data);
  std::string owner = OwnerOf(library, prompt);
  if (owner.empty()) {
    library.task_return_error(task, HasEnded(library));
    library.object_unref(task);
    return;
  }
  auto asking = std::make_unique<Asking>(Asking{library, task, result_type, std::move(owner)});
  // Before libsecret does, so that the signal comes here first.
  asking->subscription = library.signal_subscribe(
      library.proxy_connection(prompt), asking->owner.c_str(), "org.freedesktop.Secret.Prompt", "Completed",
      library.object_path(prompt), nullptr, 0, OnCompleted, asking.get(), nullptr);
  // Of any type: libsecret says on the standard error that one is another, and then loses the call.
  library.prompt_perform(prompt, "", nullptr, cancellable, OnPrompted, asking.release());
}

Variant PromptFinish(Object, Object result, Error** error) {
  return static_cast<Variant>(Library::Open().value()->task_propagate_pointer(result, error));
}

void IgnoreSignal(Object, const char*, const char*, Variant) {}

void InitCollectionClass(void* type_class, void* data) {
  At<ProxyMethods>(type_class, static_cast<Sizes*>(data)->object_class)->signal = IgnoreSignal;
}

void InitServiceClass(void* type_class, void* data) {
  const auto* sizes = static_cast<Sizes*>(data);
  At<ProxyMethods>(type_class, sizes->object_class)->signal = IgnoreSignal;
  auto* methods = At<ServiceMethods>(type_class, sizes->proxy_class);
  methods->collection_type = sizes->collection_type;
  methods->prompt = Prompt;
  methods->prompt_finish = PromptFinish;
}

TypeQuery Describe(const Library& library, std::size_t type) {
  TypeQuery query{};
  library.type_query(type, &query);
  return query;
}

// Types are never given back, nor is what their classes are made from.
std::size_t Register(const Library& library, const char* name, std::size_t parent, void (*init)(void*, void*),
                     const Sizes* sizes) {
  const TypeQuery query = Describe(library, parent);
  const TypeInfo info{static_cast<uint16_t>(query.class_size),    nullptr, nullptr, init,   nullptr, sizes,
                      static_cast<uint16_t>(query.instance_size), 0,       nullptr, nullptr};
  // Another copy of this library may be in the process, and names are the process's.
  const std::string own_name = name + std::to_string(reinterpret_cast<uintptr_t>(sizes));
  return library.type_register(parent, own_name.c_str(), &info, 0);
}

std::size_t RegisterService(const Library& library) {
  auto* sizes = new Sizes{Describe(library, library.object_type()).class_size,
                          Describe(library, library.proxy_type()).class_size, 0};
  sizes->collection_type =
      Register(library, "LatchkeyCollection", library.collection_type(), InitCollectionClass, sizes);
  if (sizes->collection_type == 0) return 0;
  return Register(library, "LatchkeyService", library.service_type(), InitServiceClass, sizes);
}

}  // namespace

std::size_t SoundServiceType(const Library& library) {
  static const std::size_t type = RegisterService(library);
  return type;
}

}  // namespace latchkey::libsecret
