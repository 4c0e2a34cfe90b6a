/* A program for musl that loads an addon as Node does, and prints the names that it exports; it knows no JavaScript. */
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef int Status;
typedef struct Value *Value;

/* Values are told apart, and nothing else is known of them. */
static Value last_value;
static Value next_value(void) { return last_value = (Value)((uintptr_t)last_value + 1); }
static Value exports;
static void *instance_data;

/* Prints `NAME` for what is set on the exports. */
Status napi_set_named_property(void *env, Value object, const char *name, Value value) {
  if (object == exports) puts(name);
  return 0;
}
Status napi_define_properties(void *env, Value object, size_t count, const void *properties) { return 0; }
Status napi_set_instance_data(void *env, void *data, void *finalize, void *hint) {
  instance_data = data;
  return 0;
}
Status napi_get_instance_data(void *env, void **data) {
  *data = instance_data;
  return 0;
}
Status napi_is_exception_pending(void *env, bool *is_pending) {
  *is_pending = false;
  return 0;
}

/* What makes a value answers with its last argument. */
#define MAKES_A_VALUE(NAME, ...)                       \
  Status NAME(void *env, __VA_ARGS__, Value *result) { \
    (void)env;                                         \
    if (result != NULL) *result = next_value();        \
    return 0;                                          \
  }
MAKES_A_VALUE(napi_create_double, double value)
MAKES_A_VALUE(napi_create_string_utf8, const char *text, size_t size)
MAKES_A_VALUE(napi_create_function, const char *name, size_t size, void *call, void *data)
MAKES_A_VALUE(napi_create_reference, Value value, uint32_t count)
MAKES_A_VALUE(napi_get_reference_value, Value reference)
MAKES_A_VALUE(napi_add_finalizer, Value object, void *data, void *finalize, void *hint)
MAKES_A_VALUE(napi_define_class, const char *name, size_t size, void *make, void *data, size_t count, const void *list)
MAKES_A_VALUE(napi_create_threadsafe_function, Value function, Value resource, Value name, size_t queue, size_t threads,
              void *thread_data, void *finalize, void *context, void *call)
MAKES_A_VALUE(napi_escape_handle, void *scope, Value value)
Status napi_create_object(void *env, Value *result) {
  *result = next_value();
  return 0;
}

/* What has nothing to answer. */
#define DOES(NAME) \
  Status NAME(void) { return 0; }
DOES(napi_add_env_cleanup_hook)
DOES(napi_close_escapable_handle_scope)
DOES(napi_close_handle_scope)
DOES(napi_delete_reference)
DOES(napi_open_escapable_handle_scope)
DOES(napi_open_handle_scope)
DOES(napi_ref_threadsafe_function)
DOES(napi_unref_threadsafe_function)

/* What nobody calls before JavaScript does. */
#define UNEXPECTED(NAME)                      \
  Status NAME(void) {                         \
    fprintf(stderr, "%s is called\n", #NAME); \
    exit(3);                                  \
  }
UNEXPECTED(napi_call_threadsafe_function)
UNEXPECTED(napi_create_bigint_uint64)
UNEXPECTED(napi_create_buffer_copy)
UNEXPECTED(napi_create_error)
UNEXPECTED(napi_create_promise)
UNEXPECTED(napi_create_type_error)
UNEXPECTED(napi_fatal_error)
UNEXPECTED(napi_get_and_clear_last_exception)
UNEXPECTED(napi_get_array_length)
UNEXPECTED(napi_get_boolean)
UNEXPECTED(napi_get_cb_info)
UNEXPECTED(napi_get_element)
UNEXPECTED(napi_get_last_error_info)
UNEXPECTED(napi_get_named_property)
UNEXPECTED(napi_get_new_target)
UNEXPECTED(napi_get_property)
UNEXPECTED(napi_get_property_names)
UNEXPECTED(napi_get_typedarray_info)
UNEXPECTED(napi_get_undefined)
UNEXPECTED(napi_get_value_bigint_uint64)
UNEXPECTED(napi_get_value_bool)
UNEXPECTED(napi_get_value_double)
UNEXPECTED(napi_get_value_string_utf8)
UNEXPECTED(napi_has_property)
UNEXPECTED(napi_is_typedarray)
UNEXPECTED(napi_new_instance)
UNEXPECTED(napi_reject_deferred)
UNEXPECTED(napi_remove_wrap)
UNEXPECTED(napi_resolve_deferred)
UNEXPECTED(napi_throw)
UNEXPECTED(napi_typeof)
UNEXPECTED(napi_unwrap)
UNEXPECTED(napi_wrap)

int main(int count, char **arguments) {
  void *addon = count == 2 ? dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL) : NULL;
  if (addon == NULL) {
    fprintf(stderr, "%s\n", count == 2 ? dlerror() : "which file?");
    return 1;
  }
  int32_t (*get_version)(void) = (int32_t(*)(void))dlsym(addon, "node_api_module_get_api_version_v1");
  Value (*init)(void *, Value) = (Value(*)(void *, Value))dlsym(addon, "napi_register_module_v1");
  if (get_version == NULL || init == NULL) return 2;
  printf("Node-API %d\n", get_version());
  exports = next_value();
  return init(&last_value, exports) == exports ? 0 : 4;
}
