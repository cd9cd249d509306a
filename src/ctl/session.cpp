#include "ctl/session.h"

#include <chrono>
#include <utility>

#include "ctl/answer.h"
#include "ctl/exit.h"
#include "ctl/visible.h"
#include "text/time_text.h"
#include "text/units.h"
#include "text/utf8.h"

namespace headroom::ctl {
namespace {

constexpr const char* kUsualUrl = "http://127.0.0.1:8081";
constexpr std::int64_t kUsualLimit = 50;

}  // namespace

std::string Session::url() const {
  if (const auto given = line_.value("url")) return *given;
  const std::string named = value_of(environment_, "HEADROOMCTL_URL");
  return named.empty() ? kUsualUrl : named;
}

Client& Session::client() {
  if (!client_) {
    const std::string url = checked_url(this->url());
    Secret token = find_token(line_.value("token-file"), environment_);
    client_ = std::make_unique<Client>(url, std::move(token), Client::kPatience, &stop_.asked);
  }
  return *client_;
}

void Session::say(std::string_view text) { out_.write(visible(text) + '\n'); }

void Session::print_json(std::string_view body) { out_.write(json_to_show(body) + '\n'); }

// What has been printed stands before it, on a terminal.
void Session::complain(std::string_view text) {
  out_.flush();
  err_.write("headroomctl: " + visible(text) + '\n');
  err_.flush();
}

void Session::note(std::string_view text) {
  out_.flush();
  err_.write(visible(text) + '\n');
  err_.flush();
}

void Session::preview_line(std::string_view text) { preview(visible(text) + '\n'); }

void Session::flush() {
  out_.flush();
  err_.flush();
}

void Session::write_over(std::string_view text) {
  err_.write(text);
  err_.flush();
}

TimeMs Session::now() {
  using std::chrono::milliseconds;
  return std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string Session::moment(std::optional<TimeMs> moment) const { return moment ? show_moment(*moment, zone()) : ""; }

std::string Session::day(std::optional<TimeMs> moment) const {
  constexpr std::size_t kDate = 10;  // 2026-01-31
  return out_.columns() ? this->moment(moment).substr(0, kDate) : this->moment(moment);
}

std::string Session::since(std::optional<TimeMs> moment) const { return moment ? show_span(now() - *moment) : ""; }

std::optional<std::int64_t> limit_of(const Session& session) {
  const auto text = session.line().value("limit");
  if (!text) return kUsualLimit;
  const auto limit = parse_count(*text);
  if (!limit) throw Failure(exit_status::kUsage, "--limit takes a number, 0 for all, not '" + *text + "'");
  return *limit == 0 ? std::nullopt : limit;
}

std::optional<std::string> moment_option(const Session& session, const std::string& name, Direction direction) {
  const auto text = session.line().value(name);
  if (!text) return std::nullopt;
  const auto moment = parse_moment(*text, Session::now(), session.zone(), direction);
  if (!moment) {
    throw Failure(exit_status::kUsage, "--" + name +
                                           " takes an RFC 3339 time, a date or a duration (2026-01-31T12:00:00Z, "
                                           "2026-01-31, 2h), not '" +
                                           *text + "'");
  }
  return format_time(*moment);
}

void check_values(const Session& session) {
  limit_of(session);
  moment_option(session, "since", Direction::kBack);
  moment_option(session, "until", Direction::kAhead);
  if (!is_plain_text(session.reason())) {
    throw Failure(exit_status::kUsage, "--reason takes UTF-8 without control characters");
  }
}

}  // namespace headroom::ctl
