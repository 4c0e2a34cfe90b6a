// An item, as libsecret is asked for it.
#pragma once

#include "../secret_store.h"
#include "libsecret_library.h"

namespace latchkey::libsecret {

// The schema and the attributes of an item as libsecret wants them, pointing into the item's own texts.
class Query {
 public:
  Query(const Library& library, const SecretItem& item, bool match_schema)
      : library_(library), table_(library.table_new(library.string_hash, library.string_equal)) {
    schema_.name = item.schema.c_str();
    schema_.flags = match_schema ? kMatchName : kDontMatchName;
    std::size_t count = 0;
    for (const auto& [name, value] : item.attributes) {
      schema_.attributes[count++] = {name.c_str(), kStringAttribute};
      // Neither is written to.
      library.table_replace(table_, const_cast<char*>(name.c_str()), const_cast<char*>(value.c_str()));
    }
  }
  ~Query() { library_.table_unref(table_); }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  const Schema* schema() const { return &schema_; }
  Table attributes() const { return table_; }

 private:
  const Library& library_;
  Schema schema_ = {};
  Table table_;
};

}  // namespace latchkey::libsecret
