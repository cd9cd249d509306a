// What operators order about exemptions.
#include <utility>
#include <vector>

#include "engine/orders/audit_entry.h"
#include "engine/orders/operations.h"
#include "headroom/group_state.h"

namespace headroom {

Exemption Operations::put(Transaction& storage, const Actor& actor, Exemption exemption) const {
  exemption.created_at = clock_.now();
  const Exemption stored = storage.put_exemption(exemption);
  audit(storage, actor, AuditAction::kExempt, exemption_target(stored.kind, stored.subject), exemption.created_at);
  if (stored.kind == ExemptionKind::kGroup) {
    if (auto group = storage.find_group(stored.subject)) {
      storage.save_group(after_exempted(std::move(*group), stored.expires_at));
    }
  }
  return stored;
}

void Operations::put_exemption(const Actor& actor, const Exemption& exemption, Done<Exemption> done) {
  submit<Exemption>([=, this](Transaction& storage) -> Result<Exemption> { return put(storage, actor, exemption); },
                    [this, made = Change{"exemption put", exemption.subject, actor.token}](const auto& result) {
                      if (std::holds_alternative<Exemption>(result)) observer_.changed(made);
                    },
                    std::move(done));
}

// One transaction: it holds the writer for as long as it takes, which is why there is a limit to their number.
void Operations::put_exemptions(const Actor& actor, const std::vector<Exemption>& exemptions,
                                Done<std::vector<Exemption>> done) {
  using Stored = std::vector<Exemption>;
  submit<Stored>(
      [=, this](Transaction& storage) -> Result<Stored> {
        Stored stored;
        for (const Exemption& exemption : exemptions) stored.push_back(put(storage, actor, exemption));
        return stored;
      },
      [this, token = actor.token](const Result<Stored>& result) {
        const Stored* stored = std::get_if<Stored>(&result);
        if (stored == nullptr) return;
        for (const Exemption& exemption : *stored) observer_.changed({"exemption put", exemption.subject, token});
      },
      std::move(done));
}

void Operations::delete_exemption(const Actor& actor, ExemptionKind kind, const std::string& subject,
                                  Done<Nothing> done) {
  submit<Nothing>(
      [=, this](Transaction& storage) -> Result<Nothing> {
        const TimeMs now = clock_.now();
        // One that is over is none, also before the scheduler has taken it. It goes all the same: the clock that calls
        // it over may be wrong, and whoever lifts it is not to find it again when the clock is right.
        const bool holds = storage.find_exemption(kind, subject, now).has_value();
        const bool lifted = storage.delete_exemption(kind, subject);
        if (lifted && kind == ExemptionKind::kGroup) {
          if (auto group = storage.find_group(subject)) {
            storage.save_group(after_exemption_lifted(std::move(*group), now));
          }
        }
        if (!lifted || !holds) return Denied{Denied::kNotFound, "there is no such exemption"};
        audit(storage, actor, AuditAction::kUnexempt, exemption_target(kind, subject), now);
        return Nothing{};
      },
      [this, made = Change{"exemption deleted", subject, actor.token}](const Result<Nothing>& result) {
        if (!std::holds_alternative<Nothing>(result)) return;
        observer_.changed(made);
        daemon_.wake_threads();
      },
      std::move(done));
}

}  // namespace headroom
