#include "ctl/wait.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <thread>

#include "ctl/exit.h"
#include "ctl/list.h"
#include "ctl/run_view.h"
#include "ctl/visible.h"

namespace headroom::ctl {
namespace {

using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kFirstPause{100}, kLongestPause{2000};
constexpr std::chrono::seconds kOutage{30};  // a daemon that restarts is waited for so long

// One line of a terminal that is written over; nothing where there is none.
class Progress {
 public:
  explicit Progress(Session& session) : session_(session), columns_(session.err_columns()) {}
  ~Progress() { show(""); }

  void show(const std::string& text) {
    if (!columns_) return;
    const std::string line = cut_to(visible(text), *columns_ - 1);
    const std::size_t width = width_of(line);
    session_.write_over("\r" + line + std::string(last_ - std::min(last_, width), ' ') + (text.empty() ? "\r" : ""));
    last_ = width;
  }

 private:
  Session& session_;
  const std::optional<std::size_t> columns_;
  std::size_t last_ = 0;
};

// The answer of `ask` once it is over, by `is_over`. A daemon that can not be reached for a while may be restarting.
std::string follow(Session& session, const std::function<std::string()>& ask,
                   const std::function<bool(const Json&)>& is_over,
                   const std::function<std::string(const Json&)>& words) {
  Progress progress(session);
  milliseconds pause = kFirstPause;
  const auto begun = Steady::now();
  auto last_answer = begun;
  while (true) {
    try {
      const std::string body = ask();
      last_answer = Steady::now();
      const rapidjson::Document document = parse_object(body);
      if (is_over(document)) return body;
      progress.show(words(document) + ", " +
                    show_span(std::chrono::duration_cast<milliseconds>(last_answer - begun).count()));
    } catch (const Failure& failure) {
      if (failure.status() != exit_status::kUnreachable || Steady::now() - last_answer > kOutage) throw;
      progress.show("no connection; trying again");
    }
    if (!session.goes_on()) throw Failure(exit_status::kRefused, "stopped; it goes on without being watched");
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 3 / 2, kLongestPause);
  }
}

// It waits for somebody, or nobody gave the word.
bool is_undecided(const std::string& state) {
  return state == "awaiting_approval" || state == "rejected" || state == "expired";
}

// `partial` did something, and the words say what; a restore that keeps one seat free ends so.
bool is_well(const std::string& state) { return state != "failed" && state != "interrupted" && !is_undecided(state); }

int tell_end(Session& session, const std::string& body, const std::string& line, const std::string& state) {
  if (session.json()) {
    session.print_json(body);
  } else {
    session.say(line);
  }
  return is_well(state) ? exit_status::kOk : exit_status::kRefused;
}

// It goes on by itself when the calendar opens, which may be days ahead.
bool waits_for_calendar(const Json& run) {
  return text_of(run, "state") == "running" && text_of(run, "reason") == "closed";
}

// The sweep's own text out of the list: there is no path of one alone.
std::string find_sweep(Session& session, const std::string& sweep_id) {
  std::string found;
  each_page(session, "/api/v1/sweeps", std::nullopt, [&](const AnswerPage& page) {
    for (rapidjson::SizeType i = 0; i < page.items().Size(); ++i) {
      if (number_text(page.items()[i], "id") == sweep_id) found = page.texts[i];
    }
    return found.empty();
  });
  if (found.empty()) throw Failure(exit_status::kRefused, "sweep " + sweep_id + " is not in the list");
  return found;
}

}  // namespace

std::string run_line(const Json& run) {
  const std::string state = text_of(run, "state"), mode = text_of(run, "mode"), reason = text_of(run, "reason");
  std::string text = "run " + number_text(run, "id") + ": " + state;
  if (!reason.empty()) text += " (" + reason + ")";
  if (mode == "restore") return text + ", " + number_text(run, "restored") + " restored";
  if (const Json& raise = object_of(run, "raise"); mode == "raise") {
    return raise.ObjectEmpty()
               ? text
               : text + ", limit from " + number_text(raise, "from") + " to " + number_text(raise, "to");
  }
  if (state == "running" && mode == "plan") return text;
  const std::string selected = number_text(run, "selected");
  const bool never_began =
      state == "planned" || state == "awaiting_approval" || state == "rejected" || state == "expired";
  return text + ", " +
         (never_began ? selected + " selected" : number_text(run, "removed") + " of " + selected + " removed");
}

std::string sweep_line(const Json& sweep) {
  return "sweep " + number_text(sweep, "id") + (flag_of(sweep, "dry_run").value_or(false) ? " (dry run)" : "") + ": " +
         text_of(sweep, "state") + ", " + number_text(sweep, "groups_read") + " of " +
         number_text(sweep, "groups_listed") + " groups read, " + number_text(sweep, "groups_full") + " full, " +
         number_text(sweep, "groups_new") + " of them new";
}

int wait_for_run(Session& session, const std::string& run_id) {
  const std::string body = follow(
      session, [&] { return session.client().get(run_path(run_id)); },
      [](const Json& run) { return text_of(run, "state") != "running" || waits_for_calendar(run); }, run_line);
  const rapidjson::Document run = parse_object(body);
  if (waits_for_calendar(run)) session.note("It waits for the calendar: headroomctl status says when that opens.");
  return tell_end(session, body, run_line(run), text_of(run, "state"));
}

int wait_for_sweep(Session& session, const std::string& sweep_id) {
  const std::string body = follow(
      session, [&] { return find_sweep(session, sweep_id); },
      [](const Json& sweep) { return text_of(sweep, "state") != "running"; }, sweep_line);
  const rapidjson::Document sweep = parse_object(body);
  return tell_end(session, body, sweep_line(sweep), text_of(sweep, "state"));
}

}  // namespace headroom::ctl
