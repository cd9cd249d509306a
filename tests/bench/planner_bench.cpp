// Plans one run in Communities of growing size, against a Chat that makes its members up as they are asked for, and
// prints the time and the process's peak memory: it must follow the seats wanted, not the members.

#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>

#include "daemon/system_clock.h"
#include "engine/runs/planner.h"
#include "sqlite/sqlite_read_view.h"
#include "sqlite/upkeep/migrator.h"
#include "tests/support/temp_dir.h"

namespace headroom {
namespace {

constexpr std::int64_t kDayS = 86400;

// A Community of `size` members in a fixed pseudo-random order of activity.
class EndlessChat final : public ChatApi {
 public:
  EndlessChat(std::int64_t size, TimeMs now) : size_(size), now_s_(now / 1000) {}

  Answer<std::vector<GroupInfo>> get_group_info(const std::vector<std::string>& ids) override {
    return {ChatOutcome::kDone, 0, "", {{ids.front(), 0, "Community", "", size_, size_, 1000000}}};
  }
  Answer<MemberPage> get_group_member_info(const MemberQuery& query) override {
    MemberPage page;
    std::int64_t at = query.next.empty() ? 0 : std::stoll(query.next);
    for (int i = 0; i < query.limit && at < size_; ++i, ++at) {
      const auto days = static_cast<std::int64_t>((static_cast<std::uint64_t>(at) * 2654435761U) % 1000);
      page.members.push_back(
          {"user" + std::to_string(at), Role::kMember, now_s_ - 2000 * kDayS, now_s_ - days * kDayS, 1});
    }
    page.member_num = size_;
    if (at < size_) page.next = std::to_string(at);
    return {ChatOutcome::kDone, 0, "", std::move(page)};
  }
  Answer<std::map<std::string, Presence>> query_online_status(const std::vector<std::string>& accounts) override {
    std::map<std::string, Presence> all;
    for (const auto& account : accounts) all.emplace(account, Presence::kOffline);
    return {ChatOutcome::kDone, 0, "", std::move(all)};
  }
  Answer<std::vector<Member>> get_specified_group_member_info(const std::string&,
                                                              const std::vector<std::string>&) override {
    return {};
  }
  Answer<std::map<std::string, Role>> get_role_in_group(const std::string&, const std::vector<std::string>&) override {
    return {};
  }
  bool await_delete_turn() override { return true; }
  SteadyMs last_sent_at() const override { return {}; }
  Answer<Nothing> delete_group_member(const std::string&, const std::vector<std::string>&, bool, const std::string&,
                                      const MaySend&) override {
    return {};
  }
  Answer<Nothing> modify_group_base_info(const std::string&, std::int64_t, const MaySend&) override { return {}; }
  Answer<std::map<std::string, AddResult>> add_group_member(const std::string&, const std::vector<std::string>&,
                                                            bool) override {
    return {};
  }
  Answer<GroupListPage> get_appid_group_list(const std::string&, std::uint64_t) override { return {}; }
  std::optional<DurationMs> clock_offset() const override { return 0; }

 private:
  const std::int64_t size_;
  const std::int64_t now_s_;
};

class OpenGate final : public Gate {
 public:
  std::optional<Stop> stop_for(const Run&) const override { return std::nullopt; }
  bool stopping() const override { return false; }
};

long peak_kib() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

int bench() {
  const test::TempDir folder("bench");
  const std::string path = folder.file("db");
  SystemClock clock;
  MigrateOptions options;
  options.now = clock.now();
  Migrator(path).up(options);
  SqliteReadViewOptions view_options;
  view_options.path = path;
  view_options.max_read = std::chrono::minutes(1);  // a busy machine is no failure here
  std::printf("| members | selected | considered | seconds | peak RSS MiB |\n|---|---|---|---|---|\n");
  for (const std::int64_t members : {1000, 10000, 100000, 1000000}) {
    SqliteReadView view(view_options);
    EndlessChat chat(members, clock.now());
    ChatSession session(chat, clock, [] { return 0.5; });
    const OpenGate gate;
    Settings settings;
    settings.member_page = 200;
    const auto start = std::chrono::steady_clock::now();
    Run run;
    run.group_id = "@TGS#_bench";
    const Plan plan = Planner(session, view, clock, settings, gate).make(std::move(run));
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    std::printf("| %ld | %ld | %ld | %.2f | %.1f |\n", members, plan.run.selected, plan.run.considered, seconds,
                static_cast<double>(peak_kib()) / 1024);
  }
  return 0;
}

}  // namespace
}  // namespace headroom

int main() { return headroom::bench(); }
