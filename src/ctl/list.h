#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "ctl/answer.h"
#include "ctl/session.h"
#include "ctl/table.h"

namespace headroom::ctl {

// A path with its query: values are percent-encoded, empty ones left out.
std::string path_with(const std::string& path, const std::vector<std::pair<std::string, std::string>>& query);

// Reads a list page by page, until so many items have been seen (none: all) or `page` says that it is enough. The
// pages may be short, or empty. Returns the cursor behind what was read; empty: the list has ended.
using TakePage = std::function<bool(const AnswerPage&)>;
inline constexpr std::int64_t kLargestPage = 1000;  // the API's most
std::string each_page(Session& session, const std::string& path_and_query, std::optional<std::int64_t> limit,
                      const TakePage& page, std::int64_t page_size = kLargestPage);

using MakeRow = std::function<Row(const Json&)>;
struct List {
  std::string path_and_query;
  std::vector<Column> columns;
  MakeRow row;
  std::string none;  // what is said when there are no items
};
// Prints as many items as --limit says: as a table, or with --json as one object.
int print_list(Session& session, const List& list);

}  // namespace headroom::ctl
