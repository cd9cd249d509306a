#pragma once

#include <SQLiteCpp/Database.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "sqlite/quiet_reader.h"
#include "sqlite/sqlite_storage.h"

namespace headroom::test {

// Another process stores that many events in each of so many commits, moves them into the file as often as it is told
// to, and is killed.
inline void write_and_be_killed(const std::string& path, int events, int checkpoints = 0, int commits = 1) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    SqliteStorage storage(SqliteStorageOptions{path, ""});
    for (int i = 0; i < events * commits; ++i) {
      if (i % events == 0) storage.begin();
      Event event;
      event.group_id = "g" + std::to_string(i);
      event.received_at = 1'790'000'000'000 + i;
      event.event_time = event.received_at;
      event.body = "{}";
      storage.insert_event(event);
      if ((i + 1) % events == 0) storage.commit();
    }
    for (int i = 0; i < checkpoints; ++i) storage.checkpoint();
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status)) << status;
}

inline std::int64_t count_events(const std::string& path) {
  std::int64_t events = -1;
  sqlite::read_quietly(
      path, [&](SQLite::Database& database) { events = database.execAndGet("SELECT count(*) FROM event").getInt64(); });
  return events;
}

}  // namespace headroom::test
