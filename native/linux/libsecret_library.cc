// Opening libsecret; GLib's functions are found through it, in the very libraries that it uses itself.
#include "libsecret_library.h"

#include "../posix/dynamic_library.h"

namespace latchkey::libsecret {
namespace {

constexpr const char* kLibraryName = "libsecret-1.so.0";

bool FindGlib(void* handle, Library* library) {
  return Find(handle, "g_free", &library->free) && Find(handle, "g_error_new_literal", &library->error_new) &&
         Find(handle, "g_error_free", &library->error_free) &&
         Find(handle, "g_quark_to_string", &library->quark_to_string) &&
         Find(handle, "g_main_context_new", &library->context_new) &&
         Find(handle, "g_main_context_unref", &library->context_unref) &&
         Find(handle, "g_main_context_push_thread_default", &library->context_push) &&
         Find(handle, "g_main_context_pop_thread_default", &library->context_pop) &&
         Find(handle, "g_main_context_iteration", &library->context_iteration) &&
         Find(handle, "g_timeout_source_new", &library->timeout_source_new) &&
         Find(handle, "g_source_set_callback", &library->source_set_callback) &&
         Find(handle, "g_source_attach", &library->source_attach) &&
         Find(handle, "g_source_destroy", &library->source_destroy) &&
         Find(handle, "g_source_unref", &library->source_unref) && Find(handle, "g_strfreev", &library->texts_free) &&
         Find(handle, "g_str_hash", &library->string_hash) && Find(handle, "g_str_equal", &library->string_equal) &&
         Find(handle, "g_hash_table_new", &library->table_new) &&
         Find(handle, "g_hash_table_replace", &library->table_replace) &&
         Find(handle, "g_hash_table_unref", &library->table_unref) &&
         Find(handle, "g_variant_is_of_type", &library->variant_is_of_type) &&
         Find(handle, "g_variant_type_equal", &library->variant_type_equal) &&
         Find(handle, "g_variant_get_child_value", &library->variant_child) &&
         Find(handle, "g_variant_n_children", &library->variant_children) &&
         Find(handle, "g_variant_get_boolean", &library->variant_boolean) &&
         Find(handle, "g_variant_unref", &library->variant_unref);
}

bool FindGobject(void* handle, Library* library) {
  return Find(handle, "g_object_get_type", &library->object_type) &&
         Find(handle, "g_object_ref", &library->object_ref) && Find(handle, "g_object_unref", &library->object_unref) &&
         Find(handle, "g_type_query", &library->type_query) &&
         Find(handle, "g_type_register_static", &library->type_register);
}

bool FindGio(void* handle, Library* library) {
  return Find(handle, "g_cancellable_new", &library->cancellable_new) &&
         Find(handle, "g_cancellable_cancel", &library->cancellable_cancel) &&
         Find(handle, "g_bus_get", &library->bus_get) && Find(handle, "g_bus_get_finish", &library->bus_get_finish) &&
         Find(handle, "g_dbus_connection_is_closed", &library->connection_closed) &&
         Find(handle, "g_dbus_connection_set_exit_on_close", &library->set_exit_on_close) &&
         Find(handle, "g_dbus_connection_signal_subscribe", &library->signal_subscribe) &&
         Find(handle, "g_dbus_connection_signal_unsubscribe", &library->signal_unsubscribe) &&
         Find(handle, "g_dbus_proxy_get_type", &library->proxy_type) &&
         Find(handle, "g_dbus_proxy_get_connection", &library->proxy_connection) &&
         Find(handle, "g_dbus_proxy_get_object_path", &library->object_path) &&
         Find(handle, "g_dbus_proxy_get_name_owner", &library->name_owner) &&
         Find(handle, "g_dbus_proxy_get_cached_property", &library->cached_property) &&
         Find(handle, "g_task_new", &library->task_new) &&
         Find(handle, "g_task_return_pointer", &library->task_return_pointer) &&
         Find(handle, "g_task_return_error", &library->task_return_error) &&
         Find(handle, "g_task_propagate_pointer", &library->task_propagate_pointer) &&
         Find(handle, "g_dbus_error_quark", &library->dbus_error_domain) &&
         Find(handle, "g_io_error_quark", &library->io_error_domain);
}

bool FindLibsecret(void* handle, Library* library) {
  return Find(handle, "secret_service_get_type", &library->service_type) &&
         Find(handle, "secret_collection_get_type", &library->collection_type) &&
         Find(handle, "secret_error_get_quark", &library->error_domain) &&
         Find(handle, "secret_service_open", &library->service_open) &&
         Find(handle, "secret_service_open_finish", &library->service_open_finish) &&
         Find(handle, "secret_service_search_for_dbus_paths", &library->service_search) &&
         Find(handle, "secret_service_search_for_dbus_paths_finish", &library->service_search_finish) &&
         Find(handle, "secret_service_unlock", &library->service_unlock) &&
         Find(handle, "secret_service_unlock_finish", &library->service_unlock_finish) &&
         Find(handle, "secret_service_store", &library->service_store) &&
         Find(handle, "secret_service_store_finish", &library->service_store_finish) &&
         Find(handle, "secret_collection_for_alias", &library->collection_for_alias) &&
         Find(handle, "secret_collection_for_alias_finish", &library->collection_for_alias_finish) &&
         Find(handle, "secret_item_new_for_dbus_path", &library->item_open) &&
         Find(handle, "secret_item_new_for_dbus_path_finish", &library->item_open_finish) &&
         Find(handle, "secret_item_load_secret", &library->item_load) &&
         Find(handle, "secret_item_load_secret_finish", &library->item_load_finish) &&
         Find(handle, "secret_item_get_secret", &library->item_secret) &&
         Find(handle, "secret_item_set_secret", &library->item_set_secret) &&
         Find(handle, "secret_item_set_secret_finish", &library->item_set_secret_finish) &&
         Find(handle, "secret_item_delete", &library->item_delete) &&
         Find(handle, "secret_item_delete_finish", &library->item_delete_finish) &&
         Find(handle, "secret_prompt_perform", &library->prompt_perform) &&
         Find(handle, "secret_prompt_perform_finish", &library->prompt_perform_finish) &&
         Find(handle, "secret_value_new", &library->value_new) &&
         Find(handle, "secret_value_get", &library->value_get) &&
         Find(handle, "secret_value_unref", &library->value_unref);
}

bool FindAll(void* handle, Library* library) {
  return FindGlib(handle, library) && FindGobject(handle, library) && FindGio(handle, library) &&
         FindLibsecret(handle, library);
}

}  // namespace

Result<const Library*> Library::Open() { return OpenOnce<Library>(kLibraryName, FindAll); }

}  // namespace latchkey::libsecret
