#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "headroom/group.h"

namespace headroom::sqlite {

// What full events have changed of their groups, and no row says yet: the event itself is stored, and says it again to
// whoever opens the database. Under load the rows of many groups would be most of what a commit writes, each for one
// number; later each of them is written once for all of its events, beside its neighbours.
//
// Knows what is committed and what the open transaction adds to it, so that a rollback loses nothing.
class DelayedCounts {
 public:
  struct Counts {
    std::string group_id;
    std::vector<std::int64_t> events;  // ascending ids: each counts one, and is in no list yet
    TimeMs last_full_at = 0;
  };

  // In the open transaction; by the group's row. `events` ascend and are newer than those before.
  void add(const Group& group, const std::vector<std::int64_t>& events, TimeMs last_full_at);
  // The group's row is about to be written: returns the events that it lacks, which it has from now on.
  std::vector<std::int64_t> take(std::int64_t id);
  // Makes of a group as its row has it the one that it is.
  void add_to(Group& group) const;
  bool has(std::int64_t id) const;

  void commit();
  void rollback();
  // What the open transaction has done, to be put back when a savepoint is undone.
  struct Open {
    std::map<std::int64_t, Counts> added;
    std::set<std::int64_t> written;
  };
  const Open& open() const { return open_; }
  void put_back(Open open) { open_ = std::move(open); }

  // Found again when the database was opened.
  void add_committed(std::int64_t id, const std::string& group_id, std::int64_t event, TimeMs last_full_at);

  bool empty() const { return committed_.empty() && open_.added.empty(); }
  std::size_t open_events() const;  // of the open transaction
  std::size_t committed_events() const { return committed_events_; }
  std::size_t committed_groups() const { return committed_.size(); }
  std::size_t open_groups() const { return open_.added.size(); }
  struct Waiting {
    std::int64_t id = 0;
    std::string group_id;
  };
  // Up to so many groups with committed ones that are not written yet, in the order of their rows, from where the last
  // call ended: rows that are neighbours share a page.
  std::vector<Waiting> next(std::size_t most);
  int rounds() const { return rounds_; }  // how often next() has begun with the first row again
  // Those that the open transaction adds to, and that have at least so many events then.
  std::vector<Waiting> open_with(std::size_t events) const;
  // What stays when the open transaction is committed.
  bool leaves_none() const { return open_.added.empty() && committed_.size() == open_.written.size(); }
  std::int64_t oldest_left() const;  // 0: none

 private:
  std::map<std::int64_t, Counts> committed_;
  std::size_t committed_events_ = 0;
  std::int64_t walked_to_ = 0;  // the row
  int rounds_ = 0;
  Open open_;
};

}  // namespace headroom::sqlite
