// Three headroomd over one PostgreSQL, webhooks to all of them, full groups at the simulator; and one trouble after the
// other: nodes are killed, frozen, cut off from the database and ended, the database's backends and the database itself
// are. Then everything is in order again, and three accounts are compared: what the senders were answered, what Chat
// has seen, and what is stored. Exits 1 when anything acknowledged is lost or doubled, when anybody was sent to delete
// twice without a look in between, when a second saw more delete calls than are allowed, or when a webhook was answered
// late.
#include <algorithm>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <random>
#include <thread>

#include "tests/soak/balanced_senders.h"
#include "tests/soak/chat_ledger.h"
#include "tests/soak/full_groups.h"
#include "tests/soak/node_process.h"
#include "tests/soak/soak_options.h"
#include "tests/soak/troubles.h"
#include "tests/support/postgres_server.h"
#include "tests/support/temp_dir.h"
#include "text/time_text.h"

namespace headroom::soak {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kLeaseAndDrain{19};  // 10 s, and 3.001 s and 5 s
constexpr seconds kStands{120};  // without a step on

class NodesSoak {
 public:
  explicit NodesSoak(const SoakOptions& options)
      : options_(options),
        random_(options.seed),
        folder_(test::make_temp_dir("nodes-soak").string()),
        sim_(chat_options({"a", "b", "c"})),
        chat_(sim_, options.seed + 1),
        groups_(sim_.world()) {
    sim_.start();
    write("secret-key", chatsim::ChatSimOptions().secret_key + "\n");
    write("admin-token", "0123456789abcdef0123456789abcdef\n");
    write("headroomd.conf", "# settings come from the command line\n");
    server_.execute("ALTER SYSTEM SET max_connections = 400");
    server_.execute("ALTER SYSTEM SET autovacuum = on");
    server_.stop();
    server_.start();
    for (const char* name : {"a", "b", "c"}) {
      nodes_.push_back(std::make_unique<NodeProcess>(name, folder_, node_settings(folder_, sim_.base_url()),
                                                     server_.folder() + "/.s.PGSQL.5432", database_.name()));
    }
    const e2e::Finished migrated = e2e::run_headroomd(nodes_.front()->arguments({"migrate", "up"}));
    if (migrated.status != 0) throw std::runtime_error("migrate up: " + migrated.err);
  }

  ~NodesSoak() {
    senders_.reset();  // first: it asks the nodes
    if (lock_.joinable()) lock_.join();
    for (const auto& node : nodes_) node->write_log();
    nodes_.clear();
    sim_.stop();
    if (!fine_) std::cout << "left for you: " << folder_ << std::endl;
    if (fine_) std::filesystem::remove_all(folder_);
  }

  bool run() {
    std::cout << "nodes soak: seed " << options_.seed << ", at most " << options_.rounds << " troubles and "
              << options_.seconds << " s, " << options_.senders << " senders" << std::endl;
    const auto began = Clock::now();
    const auto until = options_.until();
    for (const auto& node : nodes_) node->start();
    senders_ = std::make_unique<BalancedSenders>(nodes_, options_.senders, options_.seed + 100,
                                                 [this] { return groups_.next(); });
    pass(seconds(2));
    for (std::int64_t round = 0; round < options_.rounds && Clock::now() < until; ++round) {
      const Trouble trouble = deck_.draw(random_);
      ++troubles_[trouble];
      ++made_;
      make(trouble);
      pass(milliseconds(up_to(random_() % 4 == 0 ? 4000 : 1000)));
      if ((round + 1) % 100 == 0) std::cout << round + 1 << " troubles so far" << std::endl;
    }
    answers_ = senders_->stop();
    if (lock_.joinable()) lock_.join();
    for (const auto& node : nodes_) node->thaw(true, true);
    settled_ = settle();
    lasted_ = std::chrono::duration_cast<seconds>(Clock::now() - began);
    compare();
    print();
    fine_ = fine();
    return fine_;
  }

 private:
  int up_to(int longest) { return static_cast<int>(random_() % static_cast<unsigned>(longest)); }
  void write(const std::string& name, const std::string& text) const {
    using std::filesystem::perms;
    std::ofstream(folder_ + "/" + name) << text;
    std::filesystem::permissions(folder_ + "/" + name, perms::owner_read | perms::owner_write);
  }

  NodeProcess& any_node() { return *nodes_[random_() % nodes_.size()]; }
  // Half of the time the one that leads, as far as it says so.
  NodeProcess& leader_or_any() {
    NodeProcess& any = any_node();
    if (random_() % 2 == 0) return any;
    for (const auto& node : nodes_) {
      if (!node->is_frozen() && node->metric("headroom_leader") == 1) return *node;
    }
    return any;
  }
  // Mostly short, in one of three cases longer than a lease and its drain.
  milliseconds a_while() {
    return random_() % 3 == 0 ? kLeaseAndDrain + milliseconds(up_to(4000)) : milliseconds(100 + up_to(4000));
  }

  void make(Trouble trouble) {
    switch (trouble) {
      case Trouble::kKill: {
        NodeProcess& node = leader_or_any();
        node.kill();
        pass(milliseconds(up_to(random_() % 8 == 0 ? 3000 : 200)));
        node.start();
        return;
      }
      case Trouble::kStop: {
        NodeProcess& node = any_node();
        if (node.is_frozen()) node.thaw(true, true);
        node.stop();
        node.start();
        return;
      }
      case Trouble::kFreeze:
        leader_or_any().freeze(a_while());
        return;
      case Trouble::kCutOff:
        leader_or_any().cut_off(a_while());
        return;
      case Trouble::kBackends:
        try {
          server_.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" +
                          database_.name() + "' AND random() < 0.6");
        } catch (const std::exception& error) {
          std::cout << "nobody was terminated: " << error.what() << std::endl;
        }
        return;
      case Trouble::kLock:
        lock_events(a_while() / 4);
        return;
      case Trouble::kPrimary:
        server_.stop();
        pass(milliseconds(up_to(6000)));
        server_.start();
        return;
      case Trouble::kNone:
        pass(kLeaseAndDrain);
        return;
    }
  }

  void lock_events(milliseconds time) {
    if (lock_.joinable()) lock_.join();
    lock_ = std::thread([this, time] {
      try {
        server_.execute(
            "BEGIN; LOCK TABLE event; SELECT pg_sleep(" + std::to_string(time.count()) + " / 1000.0); COMMIT",
            database_.name());
      } catch (const std::exception&) {  // the database has gone meanwhile, and the lock with it
      }
    });
  }

  // Time, in which what was meant to last so long ends.
  void pass(milliseconds time) {
    for (const auto until = Clock::now() + time; Clock::now() < until;) {
      for (const auto& node : nodes_) node->thaw(coin_() % 2 == 0);
      std::this_thread::sleep_for(milliseconds(5));
    }
  }

  // All spools are empty, no group is full, and no run is open. That takes as long as Chat's limit lets it.
  bool settle() {
    auto least = groups_.full();
    for (auto until = Clock::now() + kStands; Clock::now() < until;) {
      std::this_thread::sleep_for(milliseconds(200));
      if (const auto full = groups_.full(); full < least) {
        least = full;
        until = Clock::now() + kStands;
      }
      if (least != 0) continue;
      const bool empty = std::all_of(nodes_.begin(), nodes_.end(),
                                     [](const auto& node) { return node->metric("headroom_spool_depth") == 0; });
      if (empty && open_runs() == 0) return true;
    }
    return false;
  }

  std::int64_t open_runs() {
    const e2e::HttpAnswer answer = nodes_.front()->get("/api/v1/runs?state=running&limit=1");
    if (answer.status != 200) return -1;
    return answer.json["items"].Size();
  }

  void compare() {
    chat_findings_ = chat_.compare(kCallsPerSecond);
    std::map<std::pair<std::string, std::int64_t>, int> stored;
    std::string cursor;
    do {
      const e2e::HttpAnswer answer =
          nodes_.back()->get("/api/v1/events?limit=1000" + (cursor.empty() ? "" : "&cursor=" + e2e::escaped(cursor)));
      if (answer.status != 200) throw std::runtime_error("events: " + std::to_string(answer.status) + answer.body);
      for (const auto& event : answer.json["items"].GetArray()) {
        if (std::string(event["source"].GetString()) != "webhook") continue;
        ++stored[{event["group_id"].GetString(), parse_time(event["event_time"].GetString()).value_or(0)}];
      }
      cursor = answer.json["next_cursor"].IsString() ? answer.json["next_cursor"].GetString() : "";
    } while (!cursor.empty());
    stored_ = static_cast<std::int64_t>(stored.size());
    for (const auto& [key, count] : stored) doubled_ += count - 1;
    for (const BalancedSenders::Sent& sent : senders_->sent()) {
      ++events_;
      const auto found = stored.find({sent.group, sent.event_time});
      if (sent.acknowledged) ++acknowledged_;
      if (sent.acknowledged && found == stored.end()) ++lost_;
      if (found != stored.end()) stored.erase(found);
    }
    strange_ = static_cast<std::int64_t>(stored.size());
  }

  bool fine() const {
    return settled_ &&
           lost_ + doubled_ + strange_ + chat_findings_.without_look + chat_findings_.removed_twice +
                   chat_findings_.strange + chat_findings_.at_once + answers_.late + answers_.refused ==
               0 &&
           chat_findings_.too_dense == 0 && acknowledged_ > made_ && chat_findings_.removed > 0;
  }

  void print() {
    std::cout << "in " << lasted_.count() << " s:";
    for (const auto& [trouble, count] : troubles_) std::cout << " " << count << " " << name_of(trouble) << ",";
    std::cout << "\nevents " << events_ << ", requests " << answers_.sent << " (" << answers_.repeats
              << " of them repeats), acknowledged " << acknowledged_ << ", stored " << stored_ << "\nlost " << lost_
              << ", doubled " << doubled_ << ", never sent " << strange_ << "\nanswers: 200 " << answers_.ok
              << ", other " << answers_.refused << ", late " << answers_.late << ", slowest " << answers_.slowest_ms
              << " ms; handed on by a node that ends " << answers_.handed_on
              << ", at a node that was stopped or killed meanwhile " << answers_.excused << ", nobody to ask "
              << answers_.nobody << "\ngroups " << groups_.count() << ", removed " << chat_findings_.removed
              << ", delete calls " << chat_findings_.deletes << " (";
    for (const auto& [node, count] : chat_findings_.deletes_of) std::cout << node << " " << count << " ";
    std::cout << "), most in a second " << chat_findings_.most_in_a_second << " of " << kCallsPerSecond
              << ", too many in " << chat_findings_.too_dense << "\nsent again after a look "
              << chat_findings_.again - chat_findings_.without_look << ", without one " << chat_findings_.without_look
              << ", removed twice " << chat_findings_.removed_twice << ", not idle " << chat_findings_.strange
              << ", two nodes at once " << chat_findings_.at_once << std::endl;
    if (!settled_)
      std::cout << "not in order again: full groups " << groups_.full() << ", open runs " << open_runs() << std::endl;
    if (chat_findings_.most_in_a_second > kCallsPerSecond)
      std::cout << "  that second:" << chat_findings_.densest << "\n";
    for (const auto* told : {&answers_.told, &chat_findings_.told}) {
      for (const std::string& line : *told) std::cout << "  " << line << "\n";
    }
    std::cout.flush();
  }

  const SoakOptions options_;
  std::mt19937_64 random_;
  std::mt19937_64 coin_{options_.seed};  // thrown as often as there is time
  const std::string folder_;
  test::PostgresServer& server_ = test::PostgresServer::shared();
  const test::PostgresDatabase database_;
  chatsim::ChatSim sim_;
  ChatLedger chat_;
  FullGroups groups_;
  BalancedSenders::Nodes nodes_;
  std::unique_ptr<BalancedSenders> senders_;
  Deck deck_;
  std::thread lock_;
  std::map<Trouble, std::int64_t> troubles_;
  std::int64_t made_ = 0;
  BalancedSenders::Answers answers_;
  ChatLedger::Findings chat_findings_;
  seconds lasted_{0};
  std::int64_t events_ = 0, acknowledged_ = 0, stored_ = 0, lost_ = 0, doubled_ = 0, strange_ = 0;
  bool settled_ = false;
  bool fine_ = false;
};

}  // namespace
}  // namespace headroom::soak

int main(int argc, char** argv) {
  try {
    return headroom::soak::NodesSoak(headroom::soak::parse_soak_options(argc, argv, "--troubles")).run() ? 0 : 1;
  } catch (const std::exception& error) {
    std::cerr << "nodes soak: " << error.what() << std::endl;
    return 1;
  }
}
