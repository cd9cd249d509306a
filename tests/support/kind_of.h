#pragma once

#include <optional>

#include "headroom/storage_error.h"

namespace headroom::test {

// Of the StorageError that `call` throws; nullopt when it throws none.
template <typename Call>
std::optional<StorageError::Kind> kind_of(Call&& call) {
  try {
    call();
    return std::nullopt;
  } catch (const StorageError& error) {
    return error.kind();
  }
}

}  // namespace headroom::test
