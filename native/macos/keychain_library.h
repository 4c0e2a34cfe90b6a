// The part of CoreFoundation and Security that we use, opened at run time.
// Their types are declared here, since there are no headers of Apple's where this is built.
#pragma once

#include <cstdint>

#include "../result.h"

namespace latchkey::keychain {

using Ref = const void*;  // CFTypeRef, and what it stands for
using Index = long;       // CFIndex
using Status = int32_t;   // OSStatus

constexpr uint32_t kUtf8 = 0x08000100;  // kCFStringEncodingUTF8

constexpr Status kSuccess = 0;             // errSecSuccess
constexpr Status kDuplicateItem = -25299;  // errSecDuplicateItem
constexpr Status kItemNotFound = -25300;   // errSecItemNotFound

struct Library {
  // CoreFoundation
  Ref (*string_create)(Ref allocator, const uint8_t*, Index size, uint32_t encoding, unsigned char external);
  unsigned char (*string_get)(Ref string, char* buffer, Index size, uint32_t encoding);
  Ref (*data_create_no_copy)(Ref allocator, const uint8_t*, Index size, Ref deallocator);
  const uint8_t* (*data_bytes)(Ref data);
  Index (*data_length)(Ref data);
  Ref (*dictionary_create)(Ref allocator, Ref* keys, Ref* values, Index count, const void* keys_are,
                           const void* values_are);
  void (*release)(Ref);
  // Structures of callbacks, whose addresses are handed on.
  const void* type_keys;
  const void* type_values;
  Ref null_allocator;
  Ref true_value;
  // Security
  Status (*copy_matching)(Ref query, Ref* result);
  Status (*add)(Ref attributes, Ref* result);
  Status (*update)(Ref query, Ref attributes);
  Status (*remove)(Ref query);
  Ref (*error_text)(Status, void* reserved);
  // Names of attributes, and some of their values.
  Ref item_class;
  Ref generic_password;
  Ref service;
  Ref account;
  Ref label;
  Ref data;
  Ref return_data;
  Ref match_limit;
  Ref match_one;

  // Opens both at the first use and keeps them open.
  // @errors UNAVAILABLE when they are not there.
  // Thread: any.
  static Result<const Library*> Open();
};

}  // namespace latchkey::keychain
