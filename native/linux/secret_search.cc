// The paths of what fits, and then the item at each of them.
#include "secret_search.h"

#include <set>
#include <string>
#include <string_view>

namespace latchkey::libsecret {
namespace {

Result<std::vector<std::string>> FindPaths(Operation* operation, Object service, const Query& query) {
  const Library& library = operation->library();
  const ObjectPointer result = operation->Await([&](Ready ready, void* data) {
    library.service_search(service, query.schema(), query.attributes(), operation->cancellable(), ready, data);
  });
  Error* error = nullptr;
  char** lists[] = {nullptr, nullptr};  // unlocked, locked
  if (!result || !library.service_search_finish(service, result.get(), &lists[0], &lists[1], &error)) {
    return operation->Failure("secret_service_search_for_dbus_paths", error);
  }
  std::vector<std::string> paths;
  std::set<std::string_view> seen;
  for (char** list : lists) {
    for (char** path = list; path != nullptr && *path != nullptr; ++path) {
      if (seen.insert(*path).second) paths.emplace_back(*path);
    }
  }
  for (char** list : lists) library.texts_free(list);
  return paths;
}

Result<ObjectPointer> ItemAt(Operation* operation, Object service, const std::string& path) {
  const Library& library = operation->library();
  const ObjectPointer result = operation->Await([&](Ready ready, void* data) {
    library.item_open(service, path.c_str(), 0, operation->cancellable(), ready, data);
  });
  Error* error = nullptr;
  const Object found = result ? library.item_open_finish(result.get(), &error) : nullptr;
  if (found == nullptr) return operation->Failure("secret_item_new_for_dbus_path", error);
  return ObjectPointer(found, Unref{&library});
}

}  // namespace

Result<std::vector<ObjectPointer>> SearchItems(Operation* operation, Object service, const Query& query) {
  Result<std::vector<std::string>> paths = FindPaths(operation, service, query);
  if (!paths.ok()) return paths.error();
  std::vector<ObjectPointer> items;
  for (const std::string& path : paths.value()) {
    Result<ObjectPointer> item = ItemAt(operation, service, path);
    if (!item.ok()) return item.error();
    items.push_back(std::move(item.value()));
  }
  return items;
}

}  // namespace latchkey::libsecret
