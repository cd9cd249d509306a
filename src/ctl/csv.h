#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headroom::ctl {

struct CsvRecord {
  std::size_t line = 0;  // where it begins, from 1
  std::vector<std::string> fields;
};
struct CsvFile {
  std::vector<CsvRecord> records;  // without empty lines
  std::string error;               // empty: it could be read
};

// RFC 4180: fields between commas, quoted where they hold commas, quotes (doubled) or line ends; lines end with CRLF or
// LF.
CsvFile parse_csv(std::string_view text);

}  // namespace headroom::ctl
