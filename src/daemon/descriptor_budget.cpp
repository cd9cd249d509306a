#include "daemon/descriptor_budget.h"

#include <sys/resource.h>

#include <algorithm>

namespace headroom {
namespace {

constexpr std::int64_t kOwn = 64;       // database, log, event loops, a backup, /proc
constexpr std::int64_t kPerThread = 9;  // an event loop and its mailboxes
constexpr std::int64_t kPerWorker =
    12;  // two read views' three files, and their calls to Chat; a sweep's reader's calls
constexpr std::int64_t kAdmin = 256;
constexpr std::int64_t kFewest = 16;

}  // namespace

std::int64_t raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);  // one that fails leaves the old one, which is read again
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur == RLIM_INFINITY ? INT64_MAX : static_cast<std::int64_t>(limit.rlim_cur);
}

std::int64_t fewest_descriptors(int webhook_threads) { return kOwn + kPerThread * (webhook_threads - 1); }

DescriptorBudget share_descriptors(std::int64_t limit, std::int64_t webhook_wanted, int workers, int webhook_threads) {
  const std::int64_t own = fewest_descriptors(webhook_threads) + kPerWorker * workers;
  const std::int64_t left = std::max<std::int64_t>(limit - own, 0);
  DescriptorBudget budget;
  budget.admin = std::clamp(left / 8, kFewest, kAdmin);
  budget.webhook = std::min(webhook_wanted, std::max(left - budget.admin, kFewest));
  return budget;
}

}  // namespace headroom
