#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "headroom/again.h"
#include "postgres/address.h"
#include "postgres/availability.h"
#include "postgres/link.h"
#include "postgres/query.h"
#include "stored/pause.h"

namespace headroom::postgres {

// One connection to the first host that takes it, with its prepared statements. Every wait ends: the server ends a
// statement, and where the server is silent the connection is given up. A lost one is made anew when the next
// transaction begins, never within one. Belongs to one thread at a time.
class Connection final : private Statements {
 public:
  struct Options {
    std::string url;
    std::string password = {};
    // The password as it is now, for each connection that is made; none where it can not be read. Empty: it stays.
    std::function<std::optional<std::string>()> password_now = {};
    std::chrono::milliseconds statement_timeout{5000};  // the server's, for each statement
    std::chrono::milliseconds lock_timeout{1000};       // the server's, for each lock
    std::chrono::milliseconds idle_timeout{5000};       // the server's, for a transaction that nobody goes on with
    // How much later than the server this side gives up; and the longest wait for a commit, which the server does not
    // end.
    std::chrono::milliseconds silence{1000};
    std::chrono::milliseconds commit_within{5000};
    // The longest that a new connection may take, over all hosts; 0: what the URL says, for each.
    std::chrono::milliseconds connect_within{0};
    // The longest that a transaction may take, a new connection for it and its commit among it; 0: each of its waits
    // has its own limit alone.
    std::chrono::milliseconds transaction_within{0};
    // Others wait behind whoever uses it: for a second after a wait in vain for this server, anybody's, it does not
    // connect anew, and a statement has kHasty.
    bool impatient = false;
    bool at_once = true;  // connects when it is made; else when it is used
    std::shared_ptr<Availability> availability = nullptr;
    bool probes = false;  // the availability, for the others
  };
  static constexpr std::chrono::milliseconds kHasty{25};

  // Throws DatabaseProblem.
  explicit Connection(const Options& options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  const std::string& name() const { return address_.name(); }
  // Which server it is connected to, where there is an availability; another word after each of that one's starts.
  const std::string& server() const { return server_; }

  // Parameters are $1, $2, … Texts are fixed, so that there is a bounded number of statements. What follows throws
  // StorageError.
  Query query(const std::string& sql) { return Query(*this, sql); }
  void execute(const std::string& sql) { query(sql).run(); }
  // Without parameters, not prepared, and several statements if need be.
  void script(const std::string& sql);
  // Rows that the last INSERT, UPDATE or DELETE changed.
  int changes() const { return changes_; }

  // Beside transaction_within, for those that begin from now on. A lock is waited for a little shorter than that: that
  // it was one is to be known.
  void give_up_at(std::chrono::steady_clock::time_point until) { give_up_at_ = until; }

  bool is_open() const { return link_ != nullptr; }
  // Also one that a failed statement has spoilt.
  bool in_transaction() const;
  void begin(const std::string& sql);
  // The same on the way of its first statement.
  void begin_later(const std::string& sql);
  // kUnknown when nobody can say whether it is stored; after any other error it is not.
  void commit();
  // What it can not tell the server any more has ended with the connection.
  void rollback() noexcept;
  // Within a transaction: undoing what followed ends the savepoint, and heals what a failed statement has spoilt.
  void set_savepoint(const std::string& savepoint) { later("SAVEPOINT " + savepoint); }
  void release(const std::string& savepoint) { later("RELEASE SAVEPOINT " + savepoint); }
  void undo(const std::string& savepoint) noexcept;
  // Why nothing more can be done in the transaction that was begun, or why there is none any more.
  const std::optional<StorageError>& lost() const { return lost_; }

  // Calls `call` on one committed state; within a transaction, also one that is lost, on that one's.
  template <typename Call>
  auto read(Call&& call) {
    if (begun_) return std::forward<Call>(call)();
    return tried_again(
        [&] {
          const Snapshot snapshot(*this);
          return call();
        },
        stored::sleep_after);
  }

 private:
  class Snapshot {
   public:
    explicit Snapshot(Connection& connection) : connection_(connection) {
      connection_.begin_later("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    }
    ~Snapshot() { connection_.rollback(); }
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

   private:
    Connection& connection_;
  };

  void open();
  void connect();
  Address::Parameters with_password(Address::Parameters host) const;
  void look_at_server();
  void reopen();
  void reopen_begun(const std::vector<Link::Statement>& first);
  Result run(const std::string& sql, const Link::Parameters& parameters) override;
  void run_later(const std::string& sql, const Link::Parameters& parameters) override;
  const std::string& prepared(const std::string& sql);
  // Nothing is known of it before the next statement, with which it goes.
  void later(const std::string& sql);
  void require_link() const;
  void send_pending();
  Result run_all(const std::vector<Link::Statement>& all, std::chrono::milliseconds wait);
  Result checked(Result result);
  void note(const StorageError& error);
  void note_silence() const;
  bool gave_up() const;
  StorageError::Kind kind_of(const LinkLost& lost) const;
  std::chrono::milliseconds patience() const { return left_of(options_.statement_timeout + options_.silence); }
  void set_deadline();
  void add_limits();
  // As long as that, or what is left of the transaction's time.
  std::chrono::milliseconds left_of(std::chrono::milliseconds wait) const;
  std::chrono::milliseconds turn(std::chrono::milliseconds waited, std::size_t hosts) const;
  // Calls `call` on the link, which goes when it is lost.
  template <typename Call>
  Result on_link(Call&& call);

  const Options options_;
  const Address address_;
  std::unique_ptr<Link> link_;
  std::unordered_map<std::string, std::string> prepared_;  // text to name
  int changes_ = 0;
  std::vector<Link::Statement> pending_;
  bool begins_with_next_ = false;  // pending_ does, and nothing was ever done on the connection since
  bool silent_ = false;            // the server was, when the link was lost
  bool begun_ = false;  // a transaction, and neither committed nor rolled back
  std::optional<StorageError> lost_;
  std::optional<std::chrono::steady_clock::time_point> give_up_at_;
  std::optional<std::chrono::steady_clock::time_point> until_;  // of the transaction
  std::string server_;
};

}  // namespace headroom::postgres
