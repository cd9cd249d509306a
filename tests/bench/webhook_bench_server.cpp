// What webhook_bench.sh compares headroomd with: `plain` is Pistache's own Http::Endpoint that answers the same body
// and does nothing else, `floor` stores as little as can be called storing (webhook_bench_floor.h), `each` is our
// handler with one SQLite transaction per request. Ends with its standard input.
#include <pistache/endpoint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/system_clock.h"
#include "engine/event_intake.h"
#include "http/server.h"
#include "sqlite/sqlite_storage.h"
#include "sqlite/upkeep/migrator.h"
#include "tests/bench/webhook_bench_floor.h"
#include "webhook/handler.h"

namespace {

using namespace headroom;

constexpr std::int64_t kSdkAppId = 1400000001;  // as in webhook_bench.lua
constexpr std::int64_t kCheckpointBytes = 4 << 20;

class PlainHandler : public Pistache::Http::Handler {
 public:
  HTTP_PROTOTYPE(PlainHandler)
  void onRequest(const Pistache::Http::Request&, Pistache::Http::ResponseWriter response) override {
    response.headers().add<Pistache::Http::Header::Connection>(Pistache::Http::ConnectionControl::KeepAlive);
    response.send(Pistache::Http::Code::Ok, R"({"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0})",
                  MIME(Application, Json));
  }
};

// Stores each event at once, in the I/O thread.
class EachIntake final : public Intake {
 public:
  explicit EachIntake(const std::string& path) : log_path_(path + "-wal"), storage_({path, ""}) {}

  void record(Event event, std::function<void(Recorded)> done) override {
    storage_.begin();
    const Stored stored = store_event(storage_, event, settings_);
    storage_.commit();
    done(stored.duplicate ? Recorded::kDuplicate : Recorded::kRecorded);
    if (static_cast<std::int64_t>(std::filesystem::file_size(log_path_)) >= kCheckpointBytes) storage_.checkpoint();
  }

 private:
  const std::string log_path_;
  const Settings settings_;
  SqliteStorage storage_;
};

void listening(unsigned port) {
  std::printf("%u\n", port);
  std::fflush(stdout);
}

void wait_for_end_of_input() {
  char byte = 0;
  while (::read(STDIN_FILENO, &byte, 1) > 0) {
  }
}

void serve_plain() {
  Pistache::Http::Endpoint endpoint(Pistache::Address(Pistache::Ipv4::loopback(), Pistache::Port(0)));
  endpoint.init(Pistache::Http::Endpoint::options().threads(1).flags(Pistache::Tcp::Options::ReuseAddr));
  endpoint.setHandler(Pistache::Http::make_handler<PlainHandler>());
  endpoint.serveThreaded();
  listening(static_cast<std::uint16_t>(endpoint.getPort()));
  wait_for_end_of_input();
  endpoint.shutdown();
}

void serve_floor(const std::string& path) {
  const bench::Floor floor(path);
  listening(floor.port());
  wait_for_end_of_input();
}

void serve_each(const std::string& path) {
  SystemClock clock;
  MigrateOptions migrate;
  migrate.sdk_app_id = kSdkAppId;
  migrate.now = clock.now();
  Migrator(path).up(migrate);
  EachIntake intake(path);
  webhook::WebhookOptions options;
  options.sdk_app_id = kSdkAppId;
  webhook::WebhookHandler handler(std::move(options), intake, clock, {});
  http::Server server({}, handler);
  server.start();
  listening(server.port());
  wait_for_end_of_input();
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc > 1 ? argv[1] : "";
  try {
    if (what == "plain" && argc == 2) {
      serve_plain();
    } else if (what == "floor" && argc == 3) {
      serve_floor(argv[2]);
    } else if (what == "each" && argc == 3) {
      serve_each(argv[2]);
    } else {
      std::fprintf(stderr, "usage: webhook_bench_server plain | floor DATABASE | each DATABASE\n");
      return 64;
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "webhook_bench_server: %s\n", error.what());
    return 1;
  }
  return 0;
}
