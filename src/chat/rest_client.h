#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "chat/rate_limiter.h"
#include "chat/user_sig_cache.h"
#include "headroom/chat_api.h"
#include "headroom/chat_call.h"
#include "headroom/clock.h"

namespace headroom {

class CurlTransport;
struct HttpReply;

struct RestClientOptions {
  std::uint64_t sdk_app_id = 0;
  std::string identifier = "administrator";
  std::string base_url;  // "https://host[:port]"
  DurationMs request_timeout_ms = 5000;
  DurationMs connect_timeout_ms = 3000;  // part of the request's
  std::string ca_file;                   // PEM; empty: the system's
  CallPriority priority = CallPriority::kNormal;
  // Right before each request goes out, a look's too. What it throws keeps the request back, and goes on to the caller.
  std::function<void()> before_request = [] {};
  std::function<void(DurationMs offset)> clock_seen = [](DurationMs) {};  // with each reply: Chat's clock minus ours
};

// Chat's REST API over HTTP [34620]. One client per worker thread; `sigs`, `limiter` and `clock` are shared and outlive
// it. `cancelled` (may be null): once set, the request in flight ends at once and no other is begun; both are
// kOutcomeUnknown. So is whatever is not HTTP 200 with readable JSON. The process has to ignore SIGPIPE: OpenSSL raises
// it when the other side closes a connection that is written to.
class RestClient final : public ChatApi {
 public:
  // Throws std::invalid_argument when base_url names no host.
  RestClient(const RestClientOptions& options, UserSigCache& sigs, RateLimiter& limiter, Clock& clock,
             ChatObserver observer = {}, const std::atomic<bool>* cancelled = nullptr);
  ~RestClient() override;

  Answer<std::vector<GroupInfo>> get_group_info(const std::vector<std::string>& group_ids) override;
  Answer<MemberPage> get_group_member_info(const MemberQuery& query) override;
  Answer<std::vector<Member>> get_specified_group_member_info(const std::string& group_id,
                                                              const std::vector<std::string>& accounts) override;
  Answer<std::map<std::string, Role>> get_role_in_group(const std::string& group_id,
                                                        const std::vector<std::string>& accounts) override;
  Answer<std::map<std::string, Presence>> query_online_status(const std::vector<std::string>& accounts) override;
  bool await_delete_turn() override;
  Answer<Nothing> delete_group_member(const std::string& group_id, const std::vector<std::string>& accounts,
                                      bool silence, const std::string& reason, const MaySend& may_send) override;
  Answer<Nothing> modify_group_base_info(const std::string& group_id, std::int64_t max_member_num,
                                         const MaySend& may_send) override;
  Answer<std::map<std::string, AddResult>> add_group_member(const std::string& group_id,
                                                            const std::vector<std::string>& accounts,
                                                            bool silence) override;
  Answer<GroupListPage> get_appid_group_list(const std::string& type, std::uint64_t next) override;
  SteadyMs last_sent_at() const override { return last_sent_at_; }
  std::optional<DurationMs> clock_offset() const override { return clock_offset_; }

 private:
  struct Call;
  template <typename T, typename Parse>
  Answer<T> perform(const Call& call, const Parse& parse);
  template <typename T, typename Parse>
  Answer<T> attempt(const Call& call, const std::string& user_sig, const Parse& parse);
  HttpReply post(const Call& call, const std::string& user_sig);
  void observe_date(const HttpReply& reply, SteadyMs sent_at);
  void report(const Call& call, const HttpReply& reply, ChatOutcome outcome, int code, const std::string& detail);
  bool is_cancelled() const { return cancelled_ != nullptr && cancelled_->load(); }

  const std::string query_prefix_;  // ?sdkappid=…&identifier=…
  const CallPriority priority_;
  UserSigCache& sigs_;
  RateLimiter& limiter_;
  Clock& clock_;
  const ChatObserver observer_;
  const std::function<void()> before_request_;
  const std::function<void(DurationMs)> clock_seen_;
  const std::atomic<bool>* const cancelled_;
  std::unique_ptr<CurlTransport> transport_;
  std::mt19937 random_;
  SteadyMs last_sent_at_;
  std::optional<DurationMs> clock_offset_;
};

}  // namespace headroom
