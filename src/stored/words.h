#pragma once

#include <optional>
#include <string>

#include "headroom/names.h"
#include "headroom/storage_error.h"

namespace headroom::stored {

// The value of a word that a row holds. Closed sets are checked here and not by the tables.
template <typename Enum>
Enum word_of(const std::string& name) {
  const std::optional<Enum> value = named<Enum>(name);
  if (!value) throw StorageError(StorageError::Kind::kOther, "the database holds the unknown word '" + name + "'");
  return *value;
}

}  // namespace headroom::stored
