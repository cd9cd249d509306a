#include "tests/hostile/honest_client.h"

#include <algorithm>
#include <memory>

#include "tests/support/raw_client.h"

namespace headroom::hostile {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kPace{2};  // the client's own, not a wait

std::atomic<std::uint64_t> next_event_time = 1700000000;

double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

}  // namespace

std::string honest_webhook(std::uint64_t event_time, const std::string& more_headers) {
  const std::string body = R"({"CallbackCommand":"Group.CallbackAfterGroupFull","GroupId":"@TGS#honest","EventTime":)" +
                           std::to_string(event_time) + "}";
  return http::post("/chat/webhook?SdkAppid=1400000000&CallbackCommand=Group.CallbackAfterGroupFull&contenttype=json",
                    body, more_headers);
}

HonestClient::HonestClient(std::uint16_t port, Connections connections)
    : port_(port), connections_(connections), thread_([this] { run(); }) {}

HonestClient::~HonestClient() { stop(); }

void HonestClient::run() {
  auto kept = std::make_unique<http::RawClient>(port_);
  for (int i = 0; !stopping_; ++i) {
    const bool own = connections_ == Connections::kInTurn && i % 2 == 1;
    const auto start = Clock::now();
    std::unique_ptr<http::RawClient> fresh;
    if (own) fresh = std::make_unique<http::RawClient>(port_);
    http::RawClient& client = own ? *fresh : *kept;
    const auto answer = client.ask(honest_webhook(next_event_time++, own ? "Connection: close\r\n" : ""));
    if (answer && answer->status == 200) {
      report_.took_ms.push_back(ms_since(start));
      ++answered_;
    } else {
      ++report_.failed;
      if (report_.first_failure.empty()) {
        report_.first_failure = (own ? "own connection: " : "kept connection: ") +
                                (answer ? std::to_string(answer->status) + " " + answer->body : "no answer");
      }
      kept = std::make_unique<http::RawClient>(port_);
    }
    std::this_thread::sleep_for(kPace);
  }
}

bool HonestClient::wait_for_answers(std::size_t count) const {
  const std::size_t goal = answered_ + count;
  const auto until = Clock::now() + http::RawClient::kPatience;
  while (answered_ < goal) {
    if (Clock::now() > until) return false;
    std::this_thread::sleep_for(kPace);
  }
  return true;
}

HonestClient::Report HonestClient::stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
  std::sort(report_.took_ms.begin(), report_.took_ms.end());
  return report_;
}

std::ostream& operator<<(std::ostream& out, const HonestClient::Report& report) {
  out << report.took_ms.size() << " honest webhooks answered, " << report.failed << " not";
  if (!report.first_failure.empty()) out << " (" << report.first_failure << ")";
  if (report.took_ms.empty()) return out;
  const auto at = [&](double share) {
    return report.took_ms[static_cast<std::size_t>(share * static_cast<double>(report.took_ms.size() - 1))];
  };
  return out << "; ms: median " << at(0.5) << ", 99 % " << at(0.99) << ", worst " << report.worst_ms();
}

}  // namespace headroom::hostile
