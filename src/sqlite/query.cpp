#include "sqlite/query.h"

#include <SQLiteCpp/Exception.h>

namespace headroom::sqlite {

Query& Query::bind_bytes(const std::string& bytes) {
  statement_->bind(++bound_, static_cast<const void*>(bytes.data()), static_cast<int>(bytes.size()));
  return *this;
}

bool Query::step() {
  column_ = 0;
  return statement_->executeStep();
}

void Query::run() {
  while (step()) {
  }
}

std::optional<std::int64_t> Query::optional_integer() {
  const SQLite::Column column = next();
  if (column.isNull()) return std::nullopt;
  return column.getInt64();
}

std::optional<std::string> Query::optional_text() {
  const SQLite::Column column = next();
  if (column.isNull()) return std::nullopt;
  return column.getString();
}

void Query::end() noexcept {
  if (statement_ == nullptr) return;
  statement_->tryReset();
  try {
    statement_->clearBindings();  // or the last body would stay in memory
  } catch (const SQLite::Exception&) {
    // clearing can not fail
  }
}

}  // namespace headroom::sqlite
