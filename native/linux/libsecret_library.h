// The part of libsecret, and of GLib below it, that we use, opened at run time.
// Their types are declared here, so that building needs no headers and loading the addon needs no library.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../result.h"

namespace latchkey::libsecret {

// GLib's types that we only hold.
using Object = void*;
using Context = struct MainContext*;
using Source = struct MainSource*;
using Table = struct HashTable*;
using Value = struct SecretValue*;
using Variant = struct GVariant*;
using VariantType = const char*;  // it begins with its text, as that of a constant is all there is to it

struct TypeQuery {  // GTypeQuery
  std::size_t type;
  const char* name;
  unsigned class_size;
  unsigned instance_size;
};

struct Error {  // GError
  uint32_t domain;
  int code;
  char* message;
};

struct List {  // GList
  void* data;
  List* next;
  List* previous;
};

constexpr std::size_t kMaxAttributes = 32;
struct Attribute {
  const char* name;
  int type;
};
struct Schema {  // SecretSchema
  const char* name;
  int flags;
  Attribute attributes[kMaxAttributes];
  int reserved;
  void* more_reserved[7];
};

constexpr int kStringAttribute = 0;  // SECRET_SCHEMA_ATTRIBUTE_STRING
constexpr int kMatchName = 0;        // SECRET_SCHEMA_NONE
constexpr int kDontMatchName = 2;    // SECRET_SCHEMA_DONT_MATCH_NAME
constexpr int kSessionBus = 2;       // G_BUS_TYPE_SESSION

// GDBusSignalCallback
using Signalled = void (*)(Object connection, const char* sender, const char* path, const char* interface,
                           const char* name, Variant parameters, void* data);
// GAsyncReadyCallback
using Ready = void (*)(Object source, Object result, void* data);

struct Library {
  // GLib
  void (*free)(void*);
  Error* (*error_new)(uint32_t domain, int code, const char* message);
  void (*error_free)(Error*);
  const char* (*quark_to_string)(uint32_t);
  Context (*context_new)();
  void (*context_unref)(Context);
  void (*context_push)(Context);
  void (*context_pop)(Context);
  int (*context_iteration)(Context, int may_block);
  Source (*timeout_source_new)(unsigned milliseconds);
  void (*source_set_callback)(Source, int (*)(void*), void*, void (*)(void*));
  unsigned (*source_attach)(Source, Context);
  void (*source_destroy)(Source);
  void (*source_unref)(Source);
  void (*texts_free)(char**);
  unsigned (*string_hash)(const void*);
  int (*string_equal)(const void*, const void*);
  Table (*table_new)(unsigned (*)(const void*), int (*)(const void*, const void*));
  int (*table_replace)(Table, void*, void*);
  void (*table_unref)(Table);
  int (*variant_is_of_type)(Variant, VariantType);
  int (*variant_type_equal)(VariantType, VariantType);
  Variant (*variant_child)(Variant, std::size_t index);
  std::size_t (*variant_children)(Variant);
  int (*variant_boolean)(Variant);
  void (*variant_unref)(Variant);
  // GObject
  std::size_t (*object_type)();
  void (*type_query)(std::size_t type, TypeQuery*);
  std::size_t (*type_register)(std::size_t parent, const char* name, const void* info, int flags);
  void* (*object_ref)(Object);
  void (*object_unref)(Object);
  // GIO
  Object (*cancellable_new)();
  void (*cancellable_cancel)(Object);
  void (*bus_get)(int type, Object cancellable, Ready, void*);
  Object (*bus_get_finish)(Object result, Error**);
  int (*connection_closed)(Object connection);
  void (*set_exit_on_close)(Object connection, int exit);
  unsigned (*signal_subscribe)(Object connection, const char* sender, const char* interface, const char* name,
                               const char* path, const char* first_argument, int flags, Signalled, void*,
                               void (*)(void*));
  void (*signal_unsubscribe)(Object connection, unsigned subscription);
  std::size_t (*proxy_type)();
  Object (*proxy_connection)(Object proxy);
  const char* (*object_path)(Object proxy);
  char* (*name_owner)(Object proxy);
  Variant (*cached_property)(Object proxy, const char* name);
  Object (*task_new)(Object source, Object cancellable, Ready, void*);
  void (*task_return_pointer)(Object task, void*, void (*)(void*));
  void (*task_return_error)(Object task, Error*);
  void* (*task_propagate_pointer)(Object task, Error**);
  uint32_t (*dbus_error_domain)();
  uint32_t (*io_error_domain)();
  // libsecret
  std::size_t (*service_type)();
  std::size_t (*collection_type)();
  uint32_t (*error_domain)();
  void (*service_open)(std::size_t type, const char* bus_name, int flags, Object cancellable, Ready, void*);
  Object (*service_open_finish)(Object result, Error**);
  void (*service_search)(Object, const Schema*, Table, Object cancellable, Ready, void*);
  int (*service_search_finish)(Object, Object result, char*** unlocked, char*** locked, Error**);
  void (*service_unlock)(Object, List*, Object cancellable, Ready, void*);
  int (*service_unlock_finish)(Object, Object result, List** unlocked, Error**);
  void (*service_store)(Object, const Schema*, Table, const char* collection, const char* label, Value,
                        Object cancellable, Ready, void*);
  int (*service_store_finish)(Object, Object result, Error**);
  void (*collection_for_alias)(Object, const char* alias, int flags, Object cancellable, Ready, void*);
  Object (*collection_for_alias_finish)(Object result, Error**);
  void (*item_open)(Object service, const char* path, int flags, Object cancellable, Ready, void*);
  Object (*item_open_finish)(Object result, Error**);
  void (*item_load)(Object, Object cancellable, Ready, void*);
  int (*item_load_finish)(Object, Object result, Error**);
  Value (*item_secret)(Object);
  void (*item_set_secret)(Object, Value, Object cancellable, Ready, void*);
  int (*item_set_secret_finish)(Object, Object result, Error**);
  void (*item_delete)(Object, Object cancellable, Ready, void*);
  int (*item_delete_finish)(Object, Object result, Error**);
  void (*prompt_perform)(Object prompt, const char* window, VariantType, Object cancellable, Ready, void*);
  Variant (*prompt_perform_finish)(Object prompt, Object result, Error**);
  Value (*value_new)(const char*, intptr_t size, const char* content_type);
  const char* (*value_get)(Value, std::size_t* size);
  void (*value_unref)(Value);

  // Opens the library at the first use and keeps it open.
  // @errors UNAVAILABLE when it is not installed.
  // Thread: any.
  static Result<const Library*> Open();
};

}  // namespace latchkey::libsecret
