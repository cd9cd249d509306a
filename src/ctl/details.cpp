#include "ctl/details.h"

#include <algorithm>

#include "ctl/visible.h"

namespace headroom::ctl {

void Details::print(Session& session) const {
  std::size_t widest = 0;
  for (const auto& line : lines_) widest = std::max(widest, line.first.size());
  for (const auto& [name, value] : lines_) {
    const std::string text = name + std::string(widest - name.size() + 2, ' ') + visible(value);
    session.print((session.out().columns() ? cut_to(text, *session.out().columns()) : text) + '\n');
  }
}

std::string name_of_group(const Json& group) {
  const std::string name = text_of(group, "name");
  return text_of(group, "group_id") + (name.empty() ? "" : " (" + name + ")");
}

std::string moment_and_age(const Session& session, std::optional<TimeMs> moment) {
  if (!moment) return "";
  const DurationMs age = Session::now() - *moment;
  return session.moment(moment) + (age >= 0 ? ", " + show_span(age) + " ago" : ", in " + show_span(-age));
}

std::string counted(std::int64_t number, const std::string& one, const std::string& many) {
  return std::to_string(number) + " " + (number == 1 ? one : many);
}

}  // namespace headroom::ctl
