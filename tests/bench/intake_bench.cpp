// What a webhook costs the two threads that it passes, in CPU and each by itself, so that what else the machine does
// hardly matters: the writer's part by the size of the batch (the system's part of a commit included), and that of the
// I/O thread without its sockets.
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "daemon/system_clock.h"
#include "engine/event_intake.h"
#include "http/request_parser.h"
#include "http/server_reply.h"
#include "sqlite/sqlite_storage.h"
#include "sqlite/upkeep/migrator.h"
#include "tests/support/temp_dir.h"
#include "webhook/handler.h"

namespace headroom {
namespace {

constexpr TimeMs kNow = 1'790'000'000'000;
constexpr int kGroups = 10'000;
constexpr std::int64_t kCheckpointBytes = 2 << 20;

double thread_cpu_us() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

// The lower ones are those that nobody disturbed.
struct Costs {
  void add(double us) { all.push_back(us); }
  double at(double share) {
    std::sort(all.begin(), all.end());
    return all[static_cast<std::size_t>(share * static_cast<double>(all.size() - 1))];
  }
  std::vector<double> all;
};

class Webhooks {
 public:
  std::string group() { return group_ids_[pick_(random_)]; }
  std::string body(const std::string& group, TimeMs time) const {
    return R"({"CallbackCommand":"Group.CallbackAfterGroupFull","GroupId":")" + group + R"(","EventTime":)" +
           std::to_string(time) + "}";
  }
  Event event() {
    Event event;
    event.group_id = group();
    event.event_time = kNow + ++count_;
    event.received_at = kNow + count_;
    event.client_ip = "203.0.113.7";
    event.platform = "RESTAPI";
    event.body = body(event.group_id, *event.event_time);
    event.fingerprint.emplace();
    for (std::uint8_t& byte : *event.fingerprint) byte = static_cast<std::uint8_t>(random_());
    return event;
  }

 private:
  static std::vector<std::string> make_ids() {
    std::vector<std::string> ids;
    for (int i = 0; i < kGroups; ++i) ids.push_back("@TGS#2J4SZEAEL" + std::to_string(10'000 + i));
    return ids;
  }

  std::mt19937 random_{1};
  std::uniform_int_distribution<std::size_t> pick_{0, kGroups - 1};
  const std::vector<std::string> group_ids_ = make_ids();
  TimeMs count_ = 0;
};

void store(SqliteStorage& storage, Webhooks& webhooks, int events, const Settings& settings) {
  storage.begin();
  for (int i = 0; i < events; ++i) store_event(storage, webhooks.event(), settings);
  storage.commit();
}

void writer(int batch, int batches) {
  const test::TempDir folder{"intake_bench"};
  const std::string path = folder.file("headroom.db");
  Migrator(path).up({.now = kNow});
  SqliteStorage storage({.path = path});
  Webhooks webhooks;
  const Settings settings;
  for (int i = 0; i < 60; ++i) store(storage, webhooks, 1000, settings);  // every group is known
  storage.checkpoint();
  Costs costs;
  for (int i = 0; i < batches; ++i) {
    const double before = thread_cpu_us();
    store(storage, webhooks, batch, settings);
    costs.add((thread_cpu_us() - before) / batch);
    if (storage.log_growth_bytes() >= kCheckpointBytes) storage.checkpoint();
  }
  std::printf("| writer, batches of %d | %.1f | %.1f |\n", batch, costs.at(0.1), costs.at(0.5));
}

// Takes what it gets, and answers at once.
class Taking final : public Intake {
 public:
  void record(Event event, std::function<void(Recorded)> done) override {
    ++taken;
    held = std::move(event);
    done(Recorded::kRecorded);
  }
  int taken = 0;
  Event held;
};

void io_thread(int requests) {
  Webhooks webhooks;
  SystemClock clock;
  Taking intake;
  webhook::WebhookOptions options;
  options.sdk_app_id = 1400000001;
  webhook::WebhookHandler handler(options, intake, clock, {});
  http::RequestParser parser(http::ParserLimits{});
  Costs costs;
  std::size_t answered = 0;
  for (int i = 0; i < requests; ++i) {
    const std::string body = webhooks.body(webhooks.group(), kNow + i);
    const std::string bytes =
        "POST /chat/webhook?SdkAppid=1400000001&CallbackCommand=Group.CallbackAfterGroupFull&contenttype=json"
        "&ClientIP=203.0.113.7&OptPlatform=RESTAPI HTTP/1.1\r\nHost: 127.0.0.1:18080\r\nContent-Type: application/json\r\n"
        "Connection: keep-alive\r\nContent-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body;
    const double before = thread_cpu_us();
    std::size_t used = parser.feed(bytes);
    parser.request().peer = "127.0.0.1";
    if (!handler.early(parser.request())) parser.read_body(handler.max_body(), handler.wants_body(parser.request()));
    used += parser.feed(std::string_view(bytes).substr(used));
    handler.handle(std::move(parser.request()), [&](http::Response response) {
      answered += http::serialise(response, true, false).size();
    });
    parser.reset();
    costs.add(thread_cpu_us() - before);
    if (i % 64 == 0) handler.tick();
  }
  if (intake.taken != requests || answered == 0) std::abort();
  std::printf("| I/O thread, its sockets left out | %.1f | %.1f |\n", costs.at(0.1), costs.at(0.5));
}

}  // namespace
}  // namespace headroom

int main() {
  std::printf("| CPU us per webhook | a tenth needs less | median |\n|---|---|---|\n");
  headroom::writer(1, 1000);
  headroom::writer(16, 300);
  headroom::writer(64, 100);
  headroom::writer(256, 50);
  headroom::io_thread(50'000);
  return 0;
}
