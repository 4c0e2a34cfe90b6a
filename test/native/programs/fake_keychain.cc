// Stands in for macOS's CoreFoundation and Security: counts references, and refuses what is not a query as Apple
// documents it.
#include "fake_keychain.h"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace {

enum class Kind { kString, kData, kDictionary, kConstant };

struct Object {
  Kind kind = Kind::kConstant;
  long references = 1;
  std::string text;                // of a string or a constant
  std::vector<uint8_t> copied;     // of data that the keychain hands out
  const uint8_t* bytes = nullptr;  // of data
  long size = 0;
  std::vector<std::pair<Object*, Object*>> entries;  // of a dictionary
};

long live = 0;

[[noreturn]] void Refuse(const std::string& what) {
  std::fprintf(stderr, "fake keychain: %s\n", what.c_str());
  std::abort();
}

Object* Make(Kind kind) {
  ++live;
  auto* object = new Object;
  object->kind = kind;
  return object;
}

void Retain(Object* object) {
  if (object->references < 1) Refuse("retained after its end");
  ++object->references;
}

void ReleaseObject(Object* object) {
  if (object == nullptr) Refuse("CFRelease of null");
  if (object->kind == Kind::kConstant) Refuse("a constant was released");
  if (object->references < 1) Refuse("released twice");
  if (--object->references > 0) return;
  for (auto& [name, value] : object->entries) {
    if (value->kind != Kind::kConstant) ReleaseObject(value);
  }
  --live;
  delete object;
}

Object Constant(const char* name) {
  Object constant;
  constant.text = name;
  return constant;
}

Object item_class = Constant("class"), generic = Constant("genp"), service = Constant("svce"),
       account = Constant("acct"), label = Constant("labl"), value_data = Constant("v_Data"),
       return_data = Constant("r_Data"), limit = Constant("m_Limit"), one = Constant("m_LimitOne"),
       yes = Constant("true"), no_allocator = Constant("null allocator");

struct Item {
  std::string label;
  std::vector<uint8_t> data;
};
using Identity = std::pair<std::string, std::string>;
std::map<Identity, Item> items;
std::pair<std::string, int32_t> failure;
std::vector<Identity> added_between;

Object* Find(Object* dictionary, const Object& name) {
  for (auto& [key, value] : dictionary->entries) {
    if (key == &name) return value;
  }
  return nullptr;
}

// Everything but these names is an attribute that the caller should not have used.
void Allow(Object* dictionary, std::vector<const Object*> names) {
  for (auto& [key, value] : dictionary->entries) {
    bool known = false;
    for (const Object* name : names) known = known || name == key;
    if (!known) Refuse("unexpected attribute " + key->text);
  }
}

std::string TextOf(Object* dictionary, const Object& name) {
  Object* text = Find(dictionary, name);
  if (text == nullptr || text->kind != Kind::kString) Refuse("no text for " + name.text);
  return text->text;
}

Identity IdentityOf(Object* query) {
  if (Find(query, item_class) != &generic) Refuse("not a generic password");
  return {TextOf(query, service), TextOf(query, account)};
}

std::vector<uint8_t> DataOf(Object* dictionary) {
  Object* data = Find(dictionary, value_data);
  if (data == nullptr || data->kind != Kind::kData) Refuse("no data");
  return {data->bytes, data->bytes + data->size};
}

bool Fails(const char* function, int32_t* status) {
  if (failure.first != function) return false;
  *status = failure.second;
  failure = {};
  return true;
}

Object* MakeString(const std::string& text) {
  Object* string = Make(Kind::kString);
  string->text = text;
  return string;
}

}  // namespace

extern "C" {
long FakeLiveObjects() { return live; }
void FakeFailNext(const char* function, int32_t status) { failure = {function, status}; }
void FakeAddBetween(const char* svce, const char* acct) { added_between.emplace_back(svce, acct); }
const char* FakeLabel(const char* svce, const char* acct) { return items[{svce, acct}].label.c_str(); }

Object* kSecClass = &item_class;
Object* kSecClassGenericPassword = &generic;
Object* kSecAttrService = &service;
Object* kSecAttrAccount = &account;
Object* kSecAttrLabel = &label;
Object* kSecValueData = &value_data;
Object* kSecReturnData = &return_data;
Object* kSecMatchLimit = &limit;
Object* kSecMatchLimitOne = &one;
Object* kCFBooleanTrue = &yes;
Object* kCFAllocatorNull = &no_allocator;
int kCFTypeDictionaryKeyCallBacks = 1;
int kCFTypeDictionaryValueCallBacks = 2;

Object* CFStringCreateWithBytes(Object*, const uint8_t* bytes, long size, uint32_t encoding, unsigned char) {
  if (encoding != 0x08000100) Refuse("not UTF-8");
  return MakeString(std::string(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)));
}

unsigned char CFStringGetCString(Object* string, char* buffer, long size, uint32_t) {
  return std::snprintf(buffer, static_cast<std::size_t>(size), "%s", string->text.c_str()) < size;
}

Object* CFDataCreateWithBytesNoCopy(Object*, const uint8_t* bytes, long size, Object* deallocator) {
  if (deallocator != &no_allocator) Refuse("would free bytes that are not its own");
  Object* data = Make(Kind::kData);
  data->bytes = bytes;
  data->size = size;
  return data;
}

const uint8_t* CFDataGetBytePtr(Object* data) { return data->bytes; }
long CFDataGetLength(Object* data) { return data->size; }

Object* CFDictionaryCreate(Object*, Object** keys, Object** values, long count, const int* keys_are,
                           const int* values_are) {
  if (keys_are != &kCFTypeDictionaryKeyCallBacks || values_are != &kCFTypeDictionaryValueCallBacks) {
    Refuse("a dictionary that holds nothing");
  }
  Object* dictionary = Make(Kind::kDictionary);
  for (long i = 0; i < count; ++i) {
    Retain(values[i]);
    dictionary->entries.emplace_back(keys[i], values[i]);
  }
  return dictionary;
}

void CFRelease(Object* object) { ReleaseObject(object); }

int32_t SecItemCopyMatching(Object* query, Object** result) {
  Allow(query, {&item_class, &service, &account, &return_data, &limit});
  if (Find(query, return_data) != &yes || Find(query, limit) != &one) Refuse("not asked for one item's data");
  int32_t status;
  if (Fails("SecItemCopyMatching", &status)) return status;
  const auto found = items.find(IdentityOf(query));
  if (found == items.end()) return -25300;
  Object* data = Make(Kind::kData);
  data->copied = found->second.data;
  data->bytes = data->copied.data();
  data->size = static_cast<long>(data->copied.size());
  *result = data;
  return 0;
}

int32_t SecItemAdd(Object* attributes, Object** result) {
  Allow(attributes, {&item_class, &service, &account, &label, &value_data});
  if (result != nullptr) Refuse("asked for a result that nobody needs");
  int32_t status;
  if (Fails("SecItemAdd", &status)) return status;
  for (const Identity& identity : added_between) items[identity] = {"of another", {}};
  added_between.clear();
  if (items.count(IdentityOf(attributes)) > 0) return -25299;
  items[IdentityOf(attributes)] = {TextOf(attributes, label), DataOf(attributes)};
  return 0;
}

int32_t SecItemUpdate(Object* query, Object* change) {
  Allow(query, {&item_class, &service, &account});
  Allow(change, {&value_data});
  int32_t status;
  if (Fails("SecItemUpdate", &status)) return status;
  const auto found = items.find(IdentityOf(query));
  if (found == items.end()) return -25300;
  found->second.data = DataOf(change);
  return 0;
}

int32_t SecItemDelete(Object* query) {
  Allow(query, {&item_class, &service, &account});
  int32_t status;
  if (Fails("SecItemDelete", &status)) return status;
  return items.erase(IdentityOf(query)) > 0 ? 0 : -25300;
}

Object* SecCopyErrorMessageString(int32_t status, void*) {
  return status == -1 ? nullptr : MakeString("text of " + std::to_string(status));
}
}
