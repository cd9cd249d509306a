#include "ctl/list.h"

#include <algorithm>
#include <utility>

#include "ctl/exit.h"
#include "ctl/visible.h"
#include "http/uri.h"
#include "text/json_object.h"

namespace headroom::ctl {
namespace {

constexpr std::int64_t kMaxEmpty = 1'000'000;  // pages in a row without an item: nobody's list

// Printed page by page: nobody has to hold millions of them.
void print_json_list(Session& session, const List& list) {
  bool first = true;
  std::string head = "{\"items\":[";
  const std::string next = each_page(session, list.path_and_query, limit_of(session), [&](const AnswerPage& page) {
    std::string text = std::exchange(head, "");
    for (const std::string& item : page.texts) text.append(std::exchange(first, false) ? "" : ",").append(item);
    session.print(text);
    return session.goes_on();
  });
  JsonObject cursor;
  cursor.text_or_null("next_cursor", next);
  session.print("]," + visible_json(cursor.finish()).substr(1) + "\n");
}

}  // namespace

std::string path_with(const std::string& path, const std::vector<std::pair<std::string, std::string>>& query) {
  std::string text = path;
  char separator = '?';
  for (const auto& [name, value] : query) {
    if (value.empty()) continue;
    text += separator + name + '=' + http::encode_text(value);
    separator = '&';
  }
  return text;
}

std::string each_page(Session& session, const std::string& path_and_query, std::optional<std::int64_t> limit,
                      const TakePage& take, std::int64_t page_size) {
  std::string cursor;
  std::int64_t left = limit.value_or(page_size), empty = 0;
  const char separator = path_and_query.find('?') == std::string::npos ? '?' : '&';
  while (true) {
    std::string path = path_and_query + separator + "limit=" + std::to_string(std::min(left, page_size));
    if (!cursor.empty()) path += "&cursor=" + http::encode_text(cursor);
    const AnswerPage page = parse_page(session.client().get(path));
    const auto count = static_cast<std::int64_t>(page.texts.size());
    if (count > std::min(left, page_size) || (!page.next_cursor.empty() && page.next_cursor == cursor)) {
      throw Failure(exit_status::kUnreachable, "what answered is no headroomd: its pages do not end");
    }
    empty = count == 0 ? empty + 1 : 0;
    cursor = page.next_cursor;
    const bool more = take(page);
    if (limit) left -= count;
    if (!more || cursor.empty() || left == 0) return cursor;
    if (empty == kMaxEmpty)
      throw Failure(exit_status::kUnreachable, "what answered is no headroomd: its pages are empty");
  }
}

int print_list(Session& session, const List& list) {
  if (session.json()) {
    print_json_list(session, list);
    return exit_status::kOk;
  }
  Table table(list.columns, session.out().columns());
  std::int64_t shown = 0;
  const std::string next = each_page(session, list.path_and_query, limit_of(session), [&](const AnswerPage& page) {
    std::vector<Row> rows;
    rows.reserve(page.texts.size());
    for (const Json& item : page.items().GetArray()) rows.push_back(list.row(item));
    shown += static_cast<std::int64_t>(rows.size());
    if (!rows.empty()) session.print(table.part(rows));
    return session.goes_on();
  });
  if (shown == 0) session.note(list.none);
  if (!next.empty() && session.goes_on()) {
    session.note("There are more than these " + std::to_string(shown) + ": --limit N, 0 for all.");
  }
  return exit_status::kOk;
}

}  // namespace headroom::ctl
