// Opening Security.framework; CoreFoundation is found through it.
#include "keychain_library.h"

#include <dlfcn.h>

#include <mutex>
#include <optional>
#include <string>

namespace latchkey::keychain {
namespace {

// A test builds against a library of its own.
#if defined(LATCHKEY_KEYCHAIN_LIBRARY)
constexpr const char* kLibraryName = LATCHKEY_KEYCHAIN_LIBRARY;
#else
constexpr const char* kLibraryName = "/System/Library/Frameworks/Security.framework/Security";
#endif

std::string LastError() {
  const char* text = dlerror();
  return text != nullptr ? text : kLibraryName;
}

template <class Function>
bool Find(void* library, const char* name, Function* function) {
  *function = reinterpret_cast<Function>(dlsym(library, name));
  return *function != nullptr;
}

// A constant is a variable that holds the reference.
bool FindConstant(void* library, const char* name, Ref* constant) {
  const auto* variable = static_cast<const Ref*>(dlsym(library, name));
  if (variable != nullptr) *constant = *variable;
  return variable != nullptr;
}

bool FindFoundation(void* handle, Library* library) {
  return Find(handle, "CFStringCreateWithBytes", &library->string_create) &&
         Find(handle, "CFStringGetCString", &library->string_get) &&
         Find(handle, "CFDataCreateWithBytesNoCopy", &library->data_create_no_copy) &&
         Find(handle, "CFDataGetBytePtr", &library->data_bytes) &&
         Find(handle, "CFDataGetLength", &library->data_length) &&
         Find(handle, "CFDictionaryCreate", &library->dictionary_create) &&
         Find(handle, "CFRelease", &library->release) &&
         Find(handle, "kCFTypeDictionaryKeyCallBacks", &library->type_keys) &&
         Find(handle, "kCFTypeDictionaryValueCallBacks", &library->type_values) &&
         FindConstant(handle, "kCFAllocatorNull", &library->null_allocator) &&
         FindConstant(handle, "kCFBooleanTrue", &library->true_value);
}

bool FindSecurity(void* handle, Library* library) {
  return Find(handle, "SecItemCopyMatching", &library->copy_matching) && Find(handle, "SecItemAdd", &library->add) &&
         Find(handle, "SecItemUpdate", &library->update) && Find(handle, "SecItemDelete", &library->remove) &&
         Find(handle, "SecCopyErrorMessageString", &library->error_text) &&
         FindConstant(handle, "kSecClass", &library->item_class) &&
         FindConstant(handle, "kSecClassGenericPassword", &library->generic_password) &&
         FindConstant(handle, "kSecAttrService", &library->service) &&
         FindConstant(handle, "kSecAttrAccount", &library->account) &&
         FindConstant(handle, "kSecAttrLabel", &library->label) &&
         FindConstant(handle, "kSecValueData", &library->data) &&
         FindConstant(handle, "kSecReturnData", &library->return_data) &&
         FindConstant(handle, "kSecMatchLimit", &library->match_limit) &&
         FindConstant(handle, "kSecMatchLimitOne", &library->match_one);
}

}  // namespace

Result<const Library*> Library::Open() {
  static std::mutex mutex;
  static std::optional<Library> opened;
  std::lock_guard<std::mutex> guard(mutex);
  if (!opened) {
    void* handle = dlopen(kLibraryName, RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) return NativeError{"UNAVAILABLE", "dlopen", 0, 0, LastError()};
    Library library{};
    if (!FindFoundation(handle, &library) || !FindSecurity(handle, &library)) {
      NativeError error{"UNAVAILABLE", "dlsym", 0, 0, LastError()};
      dlclose(handle);
      return error;
    }
    opened = library;
  }
  return &*opened;
}

}  // namespace latchkey::keychain
