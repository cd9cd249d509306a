#include "tests/soak/balanced_senders.h"

#include <curl/curl.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <random>

namespace headroom::soak {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::int64_t kChatWaitsMs = 2000;
constexpr long kPatienceMs = 6000;  // longer than Chat's, to see how late the late ones are
constexpr auto kLeftOut = milliseconds(1000);
constexpr auto kPace = milliseconds(20);
constexpr std::size_t kMostTold = 20;
constexpr unsigned kRepeatsOneIn = 10;

std::size_t append(char* data, std::size_t size, std::size_t count, void* body) {
  static_cast<std::string*>(body)->append(data, size * count);
  return size * count;
}

std::int64_t now_ms() {
  return std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string body_of(const BalancedSenders::Sent& sent) {
  return R"({"CallbackCommand":"Group.CallbackAfterGroupFull","GroupId":")" + sent.group + R"(","EventTime":)" +
         std::to_string(sent.event_time) + "}";
}

}  // namespace

struct BalancedSenders::Reply {
  bool connected = false;
  long status = 0;  // 0: none
  std::int64_t took_ms = 0;
};

// What one thread has: kept connections, and whom it leaves out until when.
class BalancedSenders::Line {
 public:
  explicit Line(std::uint64_t seed) : random(seed) {}

  Reply post(const std::string& url, const std::string& body) {
    const std::string target =
        url + "?SdkAppid=1400000000&CallbackCommand=Group.CallbackAfterGroupFull&contenttype=json";
    std::string answer;
    CURL* const curl = curl_.get();
    curl_easy_reset(curl);  // the connections stay
    curl_easy_setopt(curl, CURLOPT_URL, target.c_str());
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, kPatienceMs);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
    const auto began = Clock::now();
    const CURLcode code = curl_easy_perform(curl);
    Reply reply;
    reply.took_ms = std::chrono::duration_cast<milliseconds>(Clock::now() - began).count();
    reply.connected = code != CURLE_COULDNT_CONNECT;
    if (code == CURLE_OK) curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply.status);
    return reply;
  }

  std::mt19937_64 random;
  std::size_t turn = 0;
  std::vector<Clock::time_point> left_out;

 private:
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl_{curl_easy_init(), curl_easy_cleanup};
};

BalancedSenders::BalancedSenders(const Nodes& nodes, int count, std::uint64_t seed,
                                 std::function<std::string()> group_of)
    : nodes_(nodes), group_of_(std::move(group_of)) {
  for (int i = 0; i < count; ++i) threads_.emplace_back([this, own = seed + static_cast<unsigned>(i)] { loop(own); });
}

BalancedSenders::~BalancedSenders() { stop(); }

BalancedSenders::Answers BalancedSenders::stop() {
  stopping_ = true;
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
  const std::lock_guard lock(mutex_);
  return answers_;
}

std::vector<BalancedSenders::Sent> BalancedSenders::sent() const {
  const std::lock_guard lock(mutex_);
  return sent_;
}

std::int64_t BalancedSenders::number() const {
  const std::lock_guard lock(mutex_);
  return answers_.sent;
}

void BalancedSenders::loop(std::uint64_t seed) {
  Line line(seed);
  line.turn = seed % nodes_.size();
  line.left_out.resize(nodes_.size());
  while (!stopping_) {
    std::size_t number = 0;
    {
      const std::lock_guard lock(mutex_);
      if (!sent_.empty() && line.random() % kRepeatsOneIn == 0) {
        number = line.random() % sent_.size();  // whatever became of it, and through another node as likely as not
        ++answers_.repeats;
      } else {
        number = sent_.size();
        const std::int64_t former = sent_.empty() ? 0 : sent_.back().event_time;
        sent_.push_back({group_of_(), std::max(now_ms(), former + 1), false});
      }
      ++answers_.sent;
    }
    send(number, line);
    std::this_thread::sleep_for(kPace);
  }
}

void BalancedSenders::send(std::size_t number, Line& line) {
  std::string body;
  {
    const std::lock_guard lock(mutex_);
    body = body_of(sent_[number]);
  }
  for (std::size_t tries = 0; tries < nodes_.size(); ++tries) {
    const std::size_t turn = line.turn++ % nodes_.size();
    const NodeProcess& node = *nodes_[turn];
    const std::string url = node.webhook_url();
    if (url.empty() || Clock::now() < line.left_out[turn]) continue;
    const std::int64_t before = node.disturbances();
    const Reply reply = line.post(url, body);
    if (!reply.connected) continue;
    const bool excused = before % 2 != 0 || node.disturbances() != before;
    if (excused && reply.status == 503) {
      const std::lock_guard lock(mutex_);
      ++answers_.handed_on;
      continue;
    }
    if (reply.status == 0) line.left_out[turn] = Clock::now() + kLeftOut;
    note(number, &node, excused, reply);
    return;
  }
  note(number, nullptr, false, {});
}

void BalancedSenders::note(std::size_t number, const NodeProcess* node, bool excused, const Reply& reply) {
  const std::lock_guard lock(mutex_);
  const auto tell = [&](const std::string& what) {
    if (answers_.told.size() < kMostTold) {
      answers_.told.push_back(node->name() + " " + what + " after " + std::to_string(reply.took_ms) + " ms, event " +
                              std::to_string(sent_[number].event_time));
    }
  };
  if (reply.status == 200) sent_[number].acknowledged = true;
  if (node == nullptr) {
    ++answers_.nobody;
  } else if (excused && (reply.status == 0 || reply.took_ms > kChatWaitsMs)) {
    ++answers_.excused;
  } else if (reply.status == 0 || reply.took_ms > kChatWaitsMs) {
    ++answers_.late;
    tell("answers " + std::to_string(reply.status));
  } else if (reply.status != 200) {
    ++answers_.refused;
    tell("answers " + std::to_string(reply.status));
  } else {
    ++answers_.ok;
  }
  if (!excused) answers_.slowest_ms = std::max(answers_.slowest_ms, reply.took_ms);
}

}  // namespace headroom::soak
