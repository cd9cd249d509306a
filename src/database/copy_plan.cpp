#include "database/copy_plan.h"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace headroom {
namespace {

// run before the three that refer to it; the large ones first.
const std::vector<std::string> kCopied = {
    "event",      "run",      "run_member",  "removal",        "removal_history", "removal_span", "chat_group",
    "event_span", "run_span", "tally",       "group_counter",  "group_growth",    "filling_day",  "first_look",
    "exemption",  "audit",    "kept_answer", "policy_outcome", "learned_ceiling", "sweep",        "setting",
};
// The schema's own; who leads, which nodes there are and on which server: of where the database is; and what one store
// keeps in another way.
const std::set<std::string> kLeft = {"schema_migration", "lease", "node", "cluster", "group_event"};
const std::set<std::string> kLeftColumns = {"chat_group.recent_events", "event.intake_id", "tally.node",
                                            "event_span.node"};

[[noreturn]] void unknown(const std::string& what) {
  throw std::logic_error("copy does not know what to do with " + what);
}

void require_known(const std::string& table) {
  const bool copied = std::find(kCopied.begin(), kCopied.end(), table) != kCopied.end();
  if (!copied && !kLeft.contains(table)) unknown("table " + table);
}

void require_left(const std::string& table, const std::string& column) {
  if (!kLeftColumns.contains(table + "." + column)) unknown("column " + table + "." + column);
}

}  // namespace

std::vector<CopiedTable> copy_plan(const sqlite::TableReader& source,
                                   const std::map<std::string, std::vector<stored::TableColumn>>& target) {
  const std::vector<std::string> of_source = source.tables();
  for (const std::string& table : of_source) require_known(table);
  for (const auto& [table, columns] : target) require_known(table);
  std::vector<CopiedTable> plan;
  for (const std::string& table : kCopied) {
    const auto found = target.find(table);
    if (found == target.end() || std::find(of_source.begin(), of_source.end(), table) == of_source.end()) {
      unknown("table " + table + ", which only one of the two has");
    }
    CopiedTable copied{table, {}};
    const std::vector<std::string> names = source.columns(table);
    std::set<std::string> only_source(names.begin(), names.end());
    for (const stored::TableColumn& column : found->second) {
      if (only_source.erase(column.name) == 1) {
        copied.columns.push_back(column);
      } else {
        require_left(table, column.name);
      }
    }
    for (const std::string& name : only_source) require_left(table, name);
    plan.push_back(std::move(copied));
  }
  return plan;
}

std::vector<std::string> tables_of_daemons() { return {"lease", "node", "cluster"}; }

}  // namespace headroom
