#include <algorithm>

#include "admin/query.h"
#include "headroom/event.h"
#include "http/uri.h"
#include "tests/fuzz/input_text.h"
#include "tests/fuzz/require.h"
#include "text/time_text.h"
#include "text/utf8.h"

// The query of a list of the admin API.
namespace headroom::admin {
namespace {

const std::vector<std::string_view> kParameters = {"group_id", "state", "since", "until", "stale",
                                                   "search",   "sort",  "limit", "cursor"};

struct List {
  RunFilter filter;
  bool stale = false;
  std::string search;
  std::optional<GroupSort> sort;
  PageRequest page;
  std::optional<Denied> problem;
  std::optional<std::string> next;
};

// As the list of runs reads its query, and what it would say about the next page.
List read_list(const Request& request, std::int64_t last_id) {
  List list;
  AdminQuery query(request, "runs");
  list.filter.group_id = query.subject("group_id");
  list.filter.states = query.words<RunState>("state");
  list.search = query.search("search");
  list.sort = query.word<GroupSort>("sort");
  list.filter.since = query.time("since");
  list.filter.until = query.time("until");
  list.stale = query.is_true("stale");
  list.page = query.page();
  list.problem = query.problem();
  list.next = query.cursor_behind(Page<Run>{{}, last_id, list.sort ? std::optional(-last_id) : std::nullopt});
  return list;
}

Fields without_cursor(const Fields& fields) {
  Fields kept;
  std::copy_if(fields.begin(), fields.end(), std::back_inserter(kept),
               [](const auto& field) { return field.first != "cursor"; });
  return kept;
}

// The cursor of a page is good for the next one of the same filters, and for no other.
void require_next_page(const Request& request, const std::string& next, std::int64_t last_id) {
  Request following;
  following.query = without_cursor(request.query);
  const bool filtered = std::any_of(following.query.begin(), following.query.end(),
                                    [](const auto& field) { return field.first != "limit"; });
  following.query.emplace_back("cursor", next);
  REQUIRE(!refuse_parameters(following, kParameters));
  const List list = read_list(following, last_id);
  REQUIRE(!list.problem && list.page.before_id == last_id && list.page.rank.has_value() == list.sort.has_value() &&
          list.next == next);
  Request unfiltered;
  unfiltered.query = {{"cursor", next}};
  REQUIRE(read_list(unfiltered, last_id).problem.has_value() == filtered);
}

void require_times(const List& list) {
  for (const auto& time : {list.filter.since, list.filter.until}) {
    if (time && *time >= 0 && *time <= kMaxTimeMs) REQUIRE(parse_time(format_time(*time)) == time);
  }
}

}  // namespace
}  // namespace headroom::admin

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headroom::admin;
  const headroom::http::Query query = headroom::http::parse_query(headroom::text_of(data, size));
  Request request;
  request.query = query.parameters;
  request.query_malformed = query.malformed;
  if (const auto denied = refuse_parameters(request, kParameters)) {
    REQUIRE(denied->kind == headroom::Denied::kInvalid && !denied->detail.empty());
    return 0;
  }
  REQUIRE(request.query.size() <= kParameters.size());
  const std::int64_t last_id = 1 + static_cast<std::int64_t>(size);
  const List list = read_list(request, last_id);
  if (list.problem) {
    REQUIRE(list.problem->kind == headroom::Denied::kInvalid && headroom::is_plain_text(list.problem->detail));
    return 0;
  }
  REQUIRE(list.page.limit >= 1 && list.page.limit <= kMaxPageLimit);
  REQUIRE(!list.page.before_id || *list.page.before_id > 0);
  REQUIRE(!list.filter.group_id || headroom::is_valid_subject(*list.filter.group_id));
  require_times(list);
  REQUIRE(list.next.has_value());
  require_next_page(request, *list.next, last_id);
  return 0;
}
