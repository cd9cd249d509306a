#include "tests/storage/backend.h"

#include "sqlite/sqlite_read_view.h"
#include "sqlite/sqlite_storage.h"
#include "sqlite/upkeep/migrator.h"
#include "tests/support/temp_dir.h"

namespace headroom::test {
namespace {

class SqliteBackend final : public Backend {
 public:
  SqliteBackend() {
    Migrator(path_).up({.sdk_app_id = 1400000000, .now = kNow});
    open();
  }
  Store& storage() override { return *storage_; }
  std::unique_ptr<ReadView> open_view() override {
    return std::make_unique<SqliteReadView>(SqliteReadViewOptions{.path = path_});
  }
  void reopen() override {
    storage_.reset();
    open();
  }

 private:
  void open() { storage_ = std::make_unique<SqliteStorage>(SqliteStorageOptions{.path = path_}); }

  TempDir dir_;
  const std::string path_ = dir_.file("headroom.db");
  std::unique_ptr<SqliteStorage> storage_;
};

}  // namespace

std::vector<BackendKind> backend_kinds() {
  return {{"Sqlite", [] { return std::make_unique<SqliteBackend>(); }}};
}

Event full_event(const std::string& group_id, TimeMs received_at) {
  Event event;
  event.group_id = group_id;
  event.event_time = received_at - 5;
  event.received_at = received_at;
  event.client_ip = "192.0.2.1";
  event.platform = "RESTAPI";
  event.body = R"({"CallbackCommand":"Group.CallbackAfterGroupFull"})";
  return event;
}

Fingerprint fingerprint(std::uint8_t first) {
  Fingerprint value{};
  value.front() = first;
  return value;
}

Group full_group(const std::string& group_id, std::optional<TimeMs> next_check_at) {
  Group group;
  group.group_id = group_id;
  group.state = GroupState::kFull;
  group.full_since = kNow;
  group.last_full_at = kNow;
  group.full_events = 1;
  group.next_check_at = next_check_at;
  return group;
}

Run a_run(const std::string& group_id, RunState state, RunMode mode, TimeMs created_at) {
  Run run;
  run.group_id = group_id;
  run.state = state;
  run.mode = mode;
  run.created_at = created_at;
  return run;
}

RunMember selected(const std::string& account) {
  RunMember member;
  member.account = account;
  member.joined_at_s = 1'700'000'000;
  member.last_sent_at_s = 0;
  return member;
}

RunMember kept(const std::string& account, Why why) {
  RunMember member;
  member.account = account;
  member.decision = Decision::kKeep;
  member.why = why;
  return member;
}

}  // namespace headroom::test
