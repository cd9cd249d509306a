#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/context.h"
#include "admin/cursor.h"
#include "admin/http_names.h"
#include "headroom/control.h"
#include "headroom/names.h"
#include "headroom/storage.h"

namespace headroom::admin {

inline constexpr int kDefaultPageLimit = 50;
inline constexpr int kMaxPageLimit = 1000;

// Why the query is none for a path that takes these parameters: one that is unknown, doubled or can not be decoded.
std::optional<Denied> refuse_parameters(const Request& request, const std::vector<std::string_view>& allowed);

// The {id} of a run's path; 0, which no run has, when it is no number.
std::int64_t run_id_of(const AdminCall& call);

// The query of one list. Filters are read first, then the page, whose cursor has to be of the same filters. The first
// thing that is wrong stays as the problem; what is read afterwards does not matter.
class AdminQuery {
 public:
  AdminQuery(const Request& request, std::string_view kind) : request_(request), scope_{std::string(kind), ""} {}

  // A filter that stands in the path.
  void in_path(std::string_view name, std::string_view value) { add_filter(name, value); }
  std::optional<std::string> subject(std::string_view name);  // the id of a group or an account
  std::optional<TimeMs> time(std::string_view name);  // RFC 3339
  std::optional<DurationMs> duration(std::string_view name, DurationMs least, DurationMs most);
  bool is_true(std::string_view name);                // `true` is the only value
  template <typename Enum>
  std::optional<Enum> word(std::string_view name) {
    const auto text = value(name);
    const auto found = text ? named<Enum>(*text) : std::nullopt;
    if (text && (text->empty() || !found)) fail_word(name, *text);
    if (found) add_filter(name, *text);
    return found;
  }
  // One or more, with commas between them.
  template <typename Enum>
  std::vector<Enum> words(std::string_view name) {
    std::vector<Enum> found;
    for (const std::string& text : listed_words(name)) {
      const auto word = text.empty() ? std::nullopt : named<Enum>(text);
      if (word) found.push_back(*word);
      if (!word) fail_word(name, text);
    }
    return found;
  }
  // Part of a name.
  std::string search(std::string_view name);

  PageRequest page();
  const std::optional<Denied>& problem() const { return problem_; }

  // Of the page behind; absent when there is none.
  template <typename T>
  std::optional<std::string> cursor_behind(const Page<T>& page) const {
    if (!page.next_before_id) return std::nullopt;
    return encode_cursor(scope_, {*page.next_before_id, page.next_rank});
  }

 private:
  std::optional<std::string> value(std::string_view name) const;
  void add_filter(std::string_view name, std::string_view text);
  // The words of a list, each once. They are a filter whatever their order.
  std::vector<std::string> listed_words(std::string_view name);
  void fail(std::string_view name, std::string_view what);
  void fail_word(std::string_view name, std::string_view word);

  const Request& request_;
  CursorScope scope_;
  std::optional<Denied> problem_;
};

}  // namespace headroom::admin
