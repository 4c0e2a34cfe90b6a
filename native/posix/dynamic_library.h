// Opens a library of the system when it is first needed: none has to be there to build or to load the addon.
#pragma once

#include <dlfcn.h>

#include <mutex>
#include <optional>
#include <string>

#include "../result.h"

namespace latchkey {

// Finds a function; false when the library has none of this name.
template <class Function>
bool Find(void* library, const char* name, Function* function) {
  *function = reinterpret_cast<Function>(dlsym(library, name));
  return *function != nullptr;
}

// Fills a table with the functions of a library, once for all; what failed is tried anew by the next caller.
//
// Shape: `find_all` is false when a function is lacking; `after` is called with the table, once. The library is never
// closed, not even when something is lacking: GLib does not survive that.
// Thread: any.
template <class Table>
Result<const Table*> OpenOnce(const char* name, bool (*find_all)(void*, Table*),
                              void (*after)(const Table&) = nullptr) {
  static std::mutex mutex;
  static std::optional<Table> opened;
  std::lock_guard<std::mutex> guard(mutex);
  if (opened) return &*opened;
  const auto unavailable = [name](const char* call) {
    const char* text = dlerror();
    return NativeError{"UNAVAILABLE", call, 0, 0, text != nullptr ? text : name};
  };
  void* library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return unavailable("dlopen");
  Table table{};
  if (!find_all(library, &table)) return unavailable("dlsym");
  opened = table;
  if (after != nullptr) after(*opened);
  return &*opened;
}

}  // namespace latchkey
