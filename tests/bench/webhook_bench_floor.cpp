#include "tests/bench/webhook_bench_floor.h"

#include <pistache/endpoint.h>
#include <rapidjson/document.h>
#include <sqlite3.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace headroom::bench {
namespace {

namespace Http = Pistache::Http;
using Pistache::Async::Deferred;
using Pistache::Async::Promise;

constexpr const char* kOk = R"({"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0})";
constexpr std::chrono::hours kNever{24 * 365};

// Answers that may be sent. Only the I/O thread may send them; the writer wakes it by a timer of Pistache's, the one
// way in that its public interface has. Each timer is fired once: Pistache drops one that it finds read already.
class Outbox {
 public:
  ~Outbox() {
    if (timer_ >= 0) ::close(timer_);
  }

  void arm(Pistache::Tcp::Transport& transport) {
    const int next = ::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (next < 0) throw std::system_error(errno, std::generic_category(), "timerfd");
    Promise<std::uint64_t> fired([&](Deferred<std::uint64_t> deferred) {
      transport.armTimer(next, std::chrono::duration_cast<std::chrono::milliseconds>(kNever), std::move(deferred));
    });
    fired.then([this, &transport](std::uint64_t) { send(transport); }, Pistache::Async::IgnoreException);
    const std::lock_guard lock(mutex_);
    if (timer_ >= 0) ::close(timer_);
    timer_ = next;
    fired_ = false;
    if (!writers_.empty()) fire();
  }

  void put(std::vector<Http::ResponseWriter>& writers) {
    const std::lock_guard lock(mutex_);
    for (Http::ResponseWriter& writer : writers) writers_.push_back(std::move(writer));
    fire();
  }

 private:
  void fire() {
    if (std::exchange(fired_, true)) return;
    itimerspec now{};
    now.it_value.tv_nsec = 1;
    ::timerfd_settime(timer_, 0, &now, nullptr);
  }

  void send(Pistache::Tcp::Transport& transport) {
    std::vector<Http::ResponseWriter> writers;
    {
      const std::lock_guard lock(mutex_);
      writers.swap(writers_);
    }
    for (Http::ResponseWriter& writer : writers) {
      writer.headers().add<Http::Header::Connection>(Http::ConnectionControl::KeepAlive);
      writer.send(Http::Code::Ok, kOk, MIME(Application, Json));
    }
    arm(transport);
  }

  std::mutex mutex_;
  int timer_ = -1;
  bool fired_ = false;
  std::vector<Http::ResponseWriter> writers_;
};

void check(int result, sqlite3* database) {
  if (result != SQLITE_OK && result != SQLITE_DONE && result != SQLITE_ROW)
    throw std::runtime_error(std::string("the floor's database: ") + sqlite3_errmsg(database));
}

struct Webhook {
  std::string group_id;
  std::int64_t event_time = 0;
  std::string body;
  Http::ResponseWriter writer;
};

class Database {
 public:
  explicit Database(const std::string& path) {
    check(sqlite3_open(path.c_str(), &database_), database_);
    check(sqlite3_exec(database_,
                       "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                       "CREATE TABLE event (id INTEGER PRIMARY KEY, group_id TEXT, event_time INTEGER, body TEXT);"
                       "CREATE TABLE chat_group (group_id TEXT PRIMARY KEY, last_full_at INTEGER, full_events INTEGER)"
                       " WITHOUT ROWID;",
                       nullptr, nullptr, nullptr),
          database_);
    prepare("BEGIN IMMEDIATE", begin_);
    prepare("COMMIT", commit_);
    prepare("INSERT INTO event (group_id, event_time, body) VALUES (?, ?, ?)", insert_);
    prepare(
        "INSERT INTO chat_group VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET last_full_at = excluded.last_full_at,"
        " full_events = full_events + 1",
        upsert_);
  }
  ~Database() {
    for (sqlite3_stmt* statement : {begin_, commit_, insert_, upsert_}) sqlite3_finalize(statement);
    sqlite3_close(database_);
  }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  void store(const std::vector<Webhook>& batch) {
    run(begin_);
    for (const Webhook& webhook : batch) {
      bind(insert_, 1, webhook.group_id);
      sqlite3_bind_int64(insert_, 2, webhook.event_time);
      bind(insert_, 3, webhook.body);
      run(insert_);
      bind(upsert_, 1, webhook.group_id);
      sqlite3_bind_int64(upsert_, 2, webhook.event_time);
      run(upsert_);
    }
    run(commit_);
  }

 private:
  void prepare(const char* sql, sqlite3_stmt*& statement) {
    check(sqlite3_prepare_v3(database_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr), database_);
  }
  static void bind(sqlite3_stmt* statement, int at, const std::string& text) {
    sqlite3_bind_text(statement, at, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
  }
  void run(sqlite3_stmt* statement) {
    check(sqlite3_step(statement), database_);
    check(sqlite3_reset(statement), database_);
  }

  sqlite3* database_ = nullptr;
  sqlite3_stmt* begin_ = nullptr;
  sqlite3_stmt* commit_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
  sqlite3_stmt* upsert_ = nullptr;
};

// The thread that commits.
class Committer {
 public:
  Committer(const std::string& path, Outbox& outbox) : database_(path), outbox_(outbox), thread_([this] { loop(); }) {}
  ~Committer() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    work_.notify_one();
    thread_.join();
  }
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  void submit(Webhook webhook) {
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(std::move(webhook));
      if (waiting_.size() > 1) return;
    }
    work_.notify_one();
  }

 private:
  void loop() {
    std::vector<Webhook> batch;
    std::vector<Http::ResponseWriter> writers;
    while (true) {
      batch.clear();
      writers.clear();
      {
        std::unique_lock lock(mutex_);
        work_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        if (stopping_) return;
        batch.swap(waiting_);
      }
      database_.store(batch);  // at most one of each connection
      for (Webhook& webhook : batch) writers.push_back(std::move(webhook.writer));
      outbox_.put(writers);
    }
  }

  Database database_;
  Outbox& outbox_;
  std::mutex mutex_;
  std::condition_variable work_;
  std::vector<Webhook> waiting_;  // guarded by mutex_
  bool stopping_ = false;         // guarded by mutex_
  std::thread thread_;            // last: it uses all of the above
};

class Handler : public Http::Handler {
 public:
  HTTP_PROTOTYPE(Handler)
  Handler(Committer& committer, Outbox& outbox) : committer_(committer), outbox_(outbox) {}

  void onRequest(const Http::Request& request, Http::ResponseWriter response) override {
    if (!std::exchange(armed_, true)) outbox_.arm(*transport());
    rapidjson::Document body;
    body.Parse(request.body().data(), request.body().size());
    if (!body.IsObject() || !body.HasMember("GroupId") || !body["GroupId"].IsString() || !body.HasMember("EventTime") ||
        !body["EventTime"].IsInt64()) {
      response.send(Http::Code::Bad_Request);
      return;
    }
    committer_.submit({body["GroupId"].GetString(), body["EventTime"].GetInt64(), request.body(), std::move(response)});
  }

 private:
  Committer& committer_;
  Outbox& outbox_;
  bool armed_ = false;
};

}  // namespace

class Floor::Impl {
 public:
  explicit Impl(const std::string& path)
      : committer_(path, outbox_), endpoint_(Pistache::Address(Pistache::Ipv4::loopback(), Pistache::Port(0))) {
    endpoint_.init(Http::Endpoint::options().threads(1).flags(Pistache::Tcp::Options::ReuseAddr));
    endpoint_.setHandler(std::make_shared<Handler>(committer_, outbox_));
    endpoint_.serveThreaded();
  }
  ~Impl() { endpoint_.shutdown(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  std::uint16_t port() const { return static_cast<std::uint16_t>(endpoint_.getPort()); }

 private:
  Outbox outbox_;
  Committer committer_;
  Http::Endpoint endpoint_;
};

Floor::Floor(const std::string& path) : impl_(std::make_unique<Impl>(path)) {}
Floor::~Floor() = default;

std::uint16_t Floor::port() const { return impl_->port(); }

}  // namespace headroom::bench
