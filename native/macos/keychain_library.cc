// Opening Security.framework; CoreFoundation is found through it.
#include "keychain_library.h"

#include "../posix/dynamic_library.h"

namespace latchkey::keychain {
namespace {

// A test builds against a library of its own.
#if defined(LATCHKEY_KEYCHAIN_LIBRARY)
constexpr const char* kLibraryName = LATCHKEY_KEYCHAIN_LIBRARY;
#else
constexpr const char* kLibraryName = "/System/Library/Frameworks/Security.framework/Security";
#endif

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

bool FindAll(void* handle, Library* library) {
  return FindFoundation(handle, library) && FindSecurity(handle, library);
}

}  // namespace

Result<const Library*> Library::Open() { return OpenOnce<Library>(kLibraryName, FindAll); }

}  // namespace latchkey::keychain
