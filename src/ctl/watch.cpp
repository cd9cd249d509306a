#include <algorithm>
#include <chrono>
#include <map>

#include "ctl/details.h"
#include "ctl/exit.h"
#include "ctl/list.h"
#include "ctl/run_view.h"
#include "ctl/views.h"
#include "ctl/wait.h"

namespace headroom::ctl {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kInterval{1000}, kSlice{50};
constexpr std::chrono::seconds kOutage{30};
constexpr std::int64_t kMaxBehind = 2000;  // events or runs between two looks that are told one by one
constexpr std::int64_t kPage = 50;
constexpr std::size_t kMaxOpen = 50;  // open runs that are asked for each by itself
constexpr std::size_t kMaxKnown = 10'000;

// Follows the daemon's lists by their ids, and tells what is new.
class Watch {
 public:
  explicit Watch(Session& session) : session_(session) {}

  void begin();
  void look();

 private:
  void tell(const char* kind, TimeMs at, const std::string& words, const std::string& json);
  void look_at_events();
  void look_at_runs();
  void look_at_open_runs(std::int64_t oldest_seen);
  void look_at_scheduler(bool first);
  void take_run(const Json& run, const std::string& text, bool silently);

  Session& session_;
  std::int64_t last_event_ = 0;
  std::int64_t last_run_ = 0;
  std::map<std::int64_t, std::string> runs_;  // what was told of each
  std::string scheduler_;
};

void Watch::tell(const char* kind, TimeMs at, const std::string& words, const std::string& json) {
  if (session_.json()) {
    session_.print(std::string("{\"") + kind + "\":" + json + "}\n");
  } else {
    session_.say(session_.moment(at) + "  " + words);
  }
}

std::int64_t id_of(const Json& item) { return number_of(item, "id").value_or(0); }

bool is_open(const std::string& line) {
  return line.find(": running") != std::string::npos || line.find(": awaiting_approval") != std::string::npos;
}

void Watch::begin() {
  each_page(session_, "/api/v1/events", 1, [&](const AnswerPage& page) {
    for (const Json& event : page.items().GetArray()) last_event_ = id_of(event);
    return true;
  });
  for (const char* path : {"/api/v1/runs?state=running", "/api/v1/runs?state=awaiting_approval", "/api/v1/runs"}) {
    each_page(session_, path, static_cast<std::int64_t>(kMaxOpen), [&](const AnswerPage& page) {
      for (const Json& run : page.items().GetArray()) take_run(run, "", true);
      return true;
    });
  }
  look_at_scheduler(true);
}

void Watch::look() {
  look_at_scheduler(false);
  look_at_events();
  look_at_runs();
  session_.flush();
}

void Watch::look_at_events() {
  std::vector<std::pair<std::string, std::string>> lines;  // words and JSON, the newest first
  std::vector<TimeMs> times;
  std::int64_t newest = last_event_;
  each_page(
      session_, "/api/v1/events", kMaxBehind,
      [&](const AnswerPage& page) {
        for (rapidjson::SizeType i = 0; i < page.items().Size(); ++i) {
          const Json& event = page.items()[i];
          if (id_of(event) <= last_event_) return false;
          newest = std::max(newest, id_of(event));
          times.push_back(time_of(event, "received_at").value_or(Session::now()));
          lines.emplace_back("event " + number_text(event, "id") + ": " + text_of(event, "group_id") + " is full (" +
                                 text_of(event, "source") + ")",
                             page.texts[i]);
        }
        return session_.goes_on() && last_event_ > 0;
      },
      kPage);
  for (std::size_t i = lines.size(); i > 0; --i) tell("event", times[i - 1], lines[i - 1].first, lines[i - 1].second);
  last_event_ = newest;
}

void Watch::take_run(const Json& run, const std::string& text, bool silently) {
  const std::string line = run_line(run);
  const std::int64_t id = id_of(run);
  last_run_ = std::max(last_run_, id);
  if (std::exchange(runs_[id], line) == line || silently) return;
  tell("run", Session::now(), line + ", " + text_of(run, "mode") + " of " + text_of(run, "group_id"), text);
}

void Watch::look_at_runs() {
  std::int64_t oldest = 0;
  const std::int64_t before = last_run_;
  std::vector<std::pair<rapidjson::Document, std::string>> seen;
  each_page(
      session_, "/api/v1/runs", kMaxBehind,
      [&](const AnswerPage& page) {
        for (rapidjson::SizeType i = 0; i < page.items().Size(); ++i) {
          rapidjson::Document run;
          run.CopyFrom(page.items()[i], run.GetAllocator());
          oldest = id_of(run);
          seen.emplace_back(std::move(run), page.texts[i]);
        }
        return oldest > before && before > 0;
      },
      kPage);
  for (auto run = seen.rbegin(); run != seen.rend(); ++run) {
    // Older ones were there before: what is told of them are their changes.
    take_run(run->first, run->second, id_of(run->first) <= before && !runs_.contains(id_of(run->first)));
  }
  look_at_open_runs(oldest);
  while (runs_.size() > kMaxKnown) runs_.erase(runs_.begin());
}

// Those that the newest page does not show any more.
void Watch::look_at_open_runs(std::int64_t oldest_seen) {
  std::vector<std::int64_t> asked;
  for (const auto& [id, line] : runs_) {
    if (id >= oldest_seen || asked.size() == kMaxOpen) break;
    if (is_open(line)) asked.push_back(id);
  }
  for (const std::int64_t id : asked) {
    const std::string body = session_.client().get(run_path(std::to_string(id)));
    take_run(parse_object(body), json_to_show(body), false);
  }
}

void Watch::look_at_scheduler(bool first) {
  const std::string body = session_.client().get("/api/v1/summary");
  const rapidjson::Document summary = parse_object(body);
  const bool paused = flag_of(summary, "paused").value_or(false);
  const Json& chat = object_of(summary, "chat");
  std::string line = "mode " + text_of(summary, "mode");
  line += paused ? ", the scheduler is paused: " + text_of(summary, "paused_reason") : ", the scheduler goes on";
  if (flag_of(chat, "reachable") == false) line += ", Chat can not be reached: " + text_of(chat, "error");
  if (std::exchange(scheduler_, line) == line) return;
  tell("summary", Session::now(), (first ? session_.url() + ": " : "") + line, json_to_show(body));
}

void pause_between(Session& session) {
  for (const auto until = Steady::now() + kInterval; Steady::now() < until && session.goes_on();) {
    session.out().wait(kSlice);
  }
}

}  // namespace

int watch(Session& session) {
  session.catch_stops();
  Watch watch(session);
  bool begun = false, lost = false;
  auto last_answer = Steady::now();
  while (session.goes_on()) {
    try {
      if (!begun) watch.begin();
      begun = true;
      watch.look();
      if (std::exchange(lost, false)) session.note("The connection is there again.");
      last_answer = Steady::now();
    } catch (const Failure& failure) {
      if (session.stopped()) break;
      if (!begun || failure.status() != exit_status::kUnreachable || Steady::now() - last_answer > kOutage) throw;
      if (!std::exchange(lost, true)) session.note(std::string(failure.what()) + "; trying again");
    }
    pause_between(session);
  }
  return exit_status::kOk;
}

}  // namespace headroom::ctl
