#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace headroom::ctl {

struct Column {
  std::string title;
  bool is_number = false;  // stands at the right
  bool gives_way = false;  // cut when the terminal is too narrow, the widest first
  bool goes_on = false;    // what does not fit goes on in the next line, for sentences; gives way, too
};

using Row = std::vector<std::string>;  // a cell for each column, as it came from the daemon

// Lines of aligned cells, in as many parts as there are pages: a later part is as wide as it has to be, never narrower
// than an earlier one. On a terminal no line is longer than it.
class Table {
 public:
  // `columns_of_terminal`: none: plain and uncut.
  Table(std::vector<Column> columns, std::optional<std::size_t> columns_of_terminal);

  // The titles stand above the first part.
  std::string part(const std::vector<Row>& rows);

 private:
  void widen(const std::vector<Row>& rows);
  std::vector<std::size_t> fitting() const;
  std::string lines(const Row& cells, const std::vector<std::size_t>& widths) const;
  std::string line(const Row& cells, const std::vector<std::size_t>& widths) const;

  const std::vector<Column> columns_;
  const std::optional<std::size_t> terminal_;
  std::vector<std::size_t> widths_;
  bool begun_ = false;
};

}  // namespace headroom::ctl
