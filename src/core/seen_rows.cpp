#include "headroom/seen_rows.h"

#include <optional>
#include <string_view>
#include <utility>

namespace headroom {
namespace {

constexpr std::uint32_t kWhyBits = 0x1fU;
constexpr std::size_t kFewest = 256;

std::uint32_t with_why(std::uint32_t row, Why why) {
  return (row & ~kWhyBits) | (static_cast<std::uint32_t>(why) + 1U);
}

// SplitMix64's last step: every bit of the input reaches every bit of the result.
std::uint64_t mixed(std::uint64_t x) {
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31U);
}

std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return mixed(hash);
}

// A mute is left out: it may begin or end while a listing goes on.
std::uint64_t hash_of(const Member& member) {
  auto hash = static_cast<std::uint64_t>(member.role);
  for (const auto& value : {member.join_time_s, member.last_sent_time_s, member.msg_seq}) {
    hash = mixed(hash + 0x9e3779b97f4a7c15U + (value ? 1U : 0U)) ^ static_cast<std::uint64_t>(value.value_or(0));
  }
  return mixed(hash);
}

}  // namespace

SeenRows::Slot& SeenRows::find(std::vector<Slot>& slots, std::uint64_t account) const {
  const std::size_t mask = slots.size() - 1;
  const auto high = static_cast<std::uint32_t>(account >> 32U);
  const auto low = static_cast<std::uint32_t>(account);
  for (std::size_t at = account & mask;; at = (at + 1) & mask) {
    Slot& slot = slots[at];
    if (slot.row == 0 || (slot.high == high && slot.low == low)) return slot;
  }
}

void SeenRows::grow() {
  std::vector<Slot> larger(slots_.empty() ? kFewest : slots_.size() * 2);
  for (const Slot& slot : slots_) {
    if (slot.row != 0) find(larger, static_cast<std::uint64_t>(slot.high) << 32U | slot.low) = slot;
  }
  slots_ = std::move(larger);
}

SeenRows::Seen SeenRows::see(const Member& member) {
  if (used_ * 4 >= slots_.size() * 3) grow();
  const std::uint64_t account = hash_of(member.account);
  const auto row = with_why(static_cast<std::uint32_t>(hash_of(member)), Why::kInactive);
  Slot& slot = find(slots_, account);
  if (slot.row == 0) {
    slot = {static_cast<std::uint32_t>(account >> 32U), static_cast<std::uint32_t>(account), row};
    ++used_;
    return {};
  }
  const auto why = static_cast<Why>((slot.row & kWhyBits) - 1U);
  const bool same = (slot.row & ~kWhyBits) == (row & ~kWhyBits);
  return {same ? Row::kRepeated : Row::kContradicting, why};
}

void SeenRows::judged(const std::string& account, Why why) {
  if (slots_.empty()) return;
  Slot& slot = find(slots_, hash_of(account));
  if (slot.row != 0) slot.row = with_why(slot.row, why);
}

}  // namespace headroom
