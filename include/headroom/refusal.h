#pragma once

namespace headroom {

// Why a webhook was not taken: the label of a metric and the word of a log line.
enum class RefusalReason {
  kMethod,
  kTooLarge,
  kPath,
  kPeer,
  kSdkAppId,
  kSign,
  kRequestTime,
  kMalformed,
  kCommand,
  kGroupId,
  kEventTime,
  kBusy,      // too much waits, or the disk is too slow
  kStopping,  // the daemon is
  kStorage    // it could not be stored
};
inline constexpr int kRefusalReasons = static_cast<int>(RefusalReason::kStorage) + 1;

}  // namespace headroom
