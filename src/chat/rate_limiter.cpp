#include "chat/rate_limiter.h"

#include <algorithm>

namespace headroom {
namespace {

constexpr std::int64_t kSecondUs = 1'000'000;
// Calls do not reach Chat as evenly as they leave: the spacing keeps this much in hand.
constexpr std::int64_t kSlackPercent = 5;
constexpr std::int64_t kSlackPercentOfOne = 10;  // with one call a second there are no others to make up for a late one
constexpr int kBurstShare = 20;                  // a burst is at most this part of a second's calls
constexpr int kRecoverySeconds = 100;            // from one call a second back to all of them

constexpr std::string_view kOnceASecond = "get_appid_group_list";  // [34960]

int burst_of(int rate) { return std::max(1, rate / kBurstShare); }

// A full bucket gives `burst` calls at once and one per spacing from then on. The greatest number of calls in one
// second is burst - 1 + (one second / spacing, rounded up): it has to be `rate` at most.
std::int64_t spacing_us(int rate, int burst) {
  const std::int64_t slack = rate == 1 ? kSlackPercentOfOne : kSlackPercent;
  return kSecondUs * (100 + slack) / (100 * (rate - burst + 1));
}

}  // namespace

RateLimiter::RateLimiter(Clock& clock, int calls_per_second)
    : clock_(clock), calls_per_second_(std::max(1, calls_per_second)) {}

bool RateLimiter::acquire(std::string_view api, CallPriority priority) { return acquire_from(calls_, api, priority); }

bool RateLimiter::acquire_turn(std::string_view api, CallPriority priority) {
  return acquire_from(turns_, api, priority);
}

bool RateLimiter::acquire_from(Buckets& buckets, std::string_view api, CallPriority priority) {
  std::unique_lock lock(mutex_);
  Bucket& mine = bucket(buckets, api);
  TimeUs wait = turn(mine, priority, now_us());
  if (wait == 0) return true;
  // Those who wait already go first. It is only an estimate: after its sleep everybody asks again.
  const std::int64_t yields = priority == CallPriority::kBackground ? 1 : 0;
  const std::int64_t ahead = yields == 1 ? mine.waiting : mine.waiting - mine.background;
  wait = std::max(wait, std::min(wait + ahead * spacing_us(rate(mine, now_us()), 1), kSecondUs));
  ++mine.waiting;
  mine.background += yields;
  bool awake = true;
  while (awake && wait > 0) {
    lock.unlock();
    awake = clock_.sleep((wait + 999) / 1000);
    lock.lock();
    if (awake) wait = turn(mine, priority, now_us());
  }
  --mine.waiting;
  mine.background -= yields;
  return awake;
}

void RateLimiter::slow_down(std::string_view api) {
  const std::lock_guard lock(mutex_);
  slow_down(bucket(calls_, api));
  slow_down(bucket(turns_, api));
}

void RateLimiter::slow_down(Bucket& mine) {
  const TimeUs now = now_us();
  const int before = rate(mine, now);
  if (mine.slowed_at && now - *mine.slowed_at < kSecondUs) return;
  mine.slowed_to = std::max(1, before / 2);
  mine.slowed_at = now;
  mine.full_at = std::max(mine.full_at, now + spacing_us(mine.slowed_to, 1));
}

void RateLimiter::use_up() {
  const std::lock_guard lock(mutex_);
  const TimeUs now = now_us();
  used_up_at_ = now;
  for (Buckets* buckets : {&calls_, &turns_}) {
    for (auto& [api, mine] : *buckets) use_up(mine, now);
  }
}

void RateLimiter::use_up(Bucket& mine, TimeUs at) {
  const int allowed = rate(mine, at);
  const int burst = !mine.slowed_at ? burst_of(allowed) : 1;
  mine.full_at = std::max(mine.full_at, at + burst * spacing_us(allowed, burst));
}

void RateLimiter::allow(int calls_per_second) {
  const std::lock_guard lock(mutex_);
  calls_per_second_ = std::max(1, calls_per_second);
  for (Buckets* buckets : {&calls_, &turns_}) {
    for (auto& [api, mine] : *buckets) {
      mine.most = most(api);
      mine.slowed_to = std::min(mine.slowed_to, mine.most);
    }
  }
}

int RateLimiter::calls_per_second(std::string_view api) {
  const std::lock_guard lock(mutex_);
  return rate(bucket(calls_, api), now_us());
}

RateLimiter::Bucket& RateLimiter::bucket(Buckets& buckets, std::string_view api) const {
  const auto found = buckets.find(api);
  if (found != buckets.end()) return found->second;
  Bucket fresh;
  fresh.most = most(api);
  if (used_up_at_) use_up(fresh, *used_up_at_);
  return buckets.emplace(api, fresh).first->second;
}

int RateLimiter::most(std::string_view api) const { return api == kOnceASecond ? 1 : calls_per_second_; }

int RateLimiter::rate(Bucket& bucket, TimeUs now) {
  if (!bucket.slowed_at) return bucket.most;
  bucket.slowed_at = std::min(*bucket.slowed_at, now);  // the clock may have been set back
  const std::int64_t step = std::max(1, bucket.most / kRecoverySeconds);
  const std::int64_t recovered = bucket.slowed_to + step * ((now - *bucket.slowed_at) / kSecondUs);
  if (recovered >= bucket.most) bucket.slowed_at.reset();
  return static_cast<int>(std::min<std::int64_t>(recovered, bucket.most));
}

// As take, but what comes next is not for a background call while another one waits.
RateLimiter::TimeUs RateLimiter::turn(Bucket& bucket, CallPriority priority, TimeUs now) {
  const bool gives_way = priority == CallPriority::kBackground && bucket.waiting > bucket.background;
  return gives_way ? spacing_us(rate(bucket, now), 1) : take(bucket, now);
}

// 0: the call may be made. Else how long there is nothing to be had, in microseconds.
RateLimiter::TimeUs RateLimiter::take(Bucket& bucket, TimeUs now) {
  const int allowed = rate(bucket, now);
  const int burst = !bucket.slowed_at ? burst_of(allowed) : 1;
  const TimeUs apart = spacing_us(allowed, burst);
  const TimeUs ahead = (burst - 1) * apart;
  // No bucket is emptier than this, unless the clock was set back.
  bucket.full_at = std::min(bucket.full_at, now + ahead + apart);
  if (bucket.full_at - ahead > now) return bucket.full_at - ahead - now;
  bucket.full_at = std::max(bucket.full_at, now) + apart;
  return 0;
}

}  // namespace headroom
