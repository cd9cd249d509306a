#include "postgres/query.h"

#include <libpq-fe.h>

#include <charconv>
#include <optional>
#include <utility>

#include "stored/text.h"
#include "text/hex.h"

namespace headroom::postgres {
namespace {

[[noreturn]] void damaged(std::string_view text) {
  throw StorageError(StorageError::Kind::kOther,
                     "the database holds '" + std::string(text) + "' for another kind of value");
}

std::int64_t integer_of(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) damaged(text);
  return value;
}

std::string unhexed(std::string_view text) {
  auto bytes = text.starts_with("\\x") ? bytes_of_hex(text.substr(2)) : std::nullopt;
  if (!bytes) damaged(text);
  return *std::move(bytes);
}

}  // namespace

Query& Query::bind_bytes(std::string_view bytes) {
  parameters_.emplace_back("\\x" + hex_of(bytes));
  return *this;
}

Query& Query::bind_rows(const Rows& rows) {
  for (const Array& column : rows.columns()) parameters_.emplace_back(column.text());
  return *this;
}

void Query::bind_one(std::string_view value) {
  parameters_.emplace_back(stored::is_storable(value) ? std::string(value) : stored::storable(value));
}

void Query::bind_one(const Fingerprint& value) {
  bind_bytes({reinterpret_cast<const char*>(value.data()), value.size()});
}

bool Query::step() {
  if (result_ == nullptr) result_ = statements_.run(sql_, parameters_);
  column_ = 0;
  return ++row_ < PQntuples(result_.get());
}

void Query::run() {
  while (step()) {
  }
}

std::int64_t Query::integer() { return integer_of(optional_text().value_or("0")); }

std::optional<std::int64_t> Query::optional_integer() {
  const auto text = optional_text();
  return text ? std::optional(integer_of(*text)) : std::nullopt;
}

std::optional<std::string> Query::optional_text() {
  const int column = column_++;
  if (PQgetisnull(result_.get(), row_, column) != 0) return std::nullopt;
  return std::string(PQgetvalue(result_.get(), row_, column),
                     static_cast<std::size_t>(PQgetlength(result_.get(), row_, column)));
}

std::optional<std::string> Query::optional_bytes() {
  const auto text = optional_text();
  return text ? std::optional(unhexed(*text)) : std::nullopt;
}

}  // namespace headroom::postgres
