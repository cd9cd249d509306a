#include "ctl/table.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "ctl/visible.h"

namespace headroom::ctl {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kNarrowest = 8;  // of the column that gives way
constexpr std::string_view kNothing = "-";

Row shown(const Row& row) {
  Row cells;
  for (const std::string& cell : row) cells.push_back(cell.empty() ? std::string(kNothing) : visible(cell));
  return cells;
}

std::size_t sum_of(const std::vector<std::size_t>& widths) {
  return std::accumulate(widths.begin(), widths.end(), std::size_t{0}) + kGap * (widths.size() - 1);
}

}  // namespace

Table::Table(std::vector<Column> columns, std::optional<std::size_t> columns_of_terminal)
    : columns_(std::move(columns)), terminal_(columns_of_terminal) {
  for (const Column& column : columns_) widths_.push_back(width_of(column.title));
}

std::string Table::part(const std::vector<Row>& rows) {
  std::vector<Row> cells;
  cells.reserve(rows.size());
  for (const Row& row : rows) cells.push_back(shown(row));
  widen(cells);
  const auto widths = fitting();
  std::string text;
  if (!std::exchange(begun_, true)) {
    Row titles;
    for (const Column& column : columns_) titles.push_back(column.title);
    text += line(titles, widths);
  }
  for (const Row& row : cells) text += lines(row, widths);
  return text;
}

void Table::widen(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < columns_.size(); ++i) widths_[i] = std::max(widths_[i], width_of(row[i]));
  }
}

std::vector<std::size_t> Table::fitting() const {
  std::vector<std::size_t> widths = widths_;
  const std::size_t all = sum_of(widths);
  if (!terminal_ || all <= *terminal_) return widths;
  for (std::size_t over = all - *terminal_; over > 0; --over) {
    std::size_t* widest = nullptr;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const bool gives_way = (columns_[i].gives_way || columns_[i].goes_on) && widths[i] > kNarrowest;
      if (gives_way && (widest == nullptr || widths[i] > *widest)) widest = &widths[i];
    }
    if (widest == nullptr) break;
    --*widest;
  }
  return widths;
}

// A row, in as many lines as its longest sentence takes.
std::string Table::lines(const Row& cells, const std::vector<std::size_t>& widths) const {
  std::vector<Row> lines(1, Row(cells.size()));
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto parts = terminal_ && columns_[i].goes_on ? lines_within(cells[i], widths[i]) : Row{cells[i]};
    if (parts.size() > lines.size()) lines.resize(parts.size(), Row(cells.size()));
    for (std::size_t part = 0; part < parts.size(); ++part) lines[part][i] = parts[part];
  }
  std::string text;
  for (const Row& one : lines) text += line(one, widths);
  return text;
}

std::string Table::line(const Row& cells, const std::vector<std::size_t>& widths) const {
  std::string text;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const bool last = i + 1 == columns_.size();
    const std::string cell = columns_[i].gives_way ? cut_to(cells[i], widths[i]) : cells[i];
    const std::string pad(widths[i] - std::min(widths[i], width_of(cell)), ' ');
    text += columns_[i].is_number ? pad + cell : last ? cell : cell + pad;
    if (!last) text.append(kGap, ' ');
  }
  return (terminal_ ? cut_to(text, *terminal_) : text) + '\n';
}

}  // namespace headroom::ctl
