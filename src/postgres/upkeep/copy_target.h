#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "postgres/connection.h"
#include "stored/table_row.h"

namespace headroom::postgres {

// A database that is being filled from another store. How far it is stands in a table of its own, in the transaction of
// the rows; as long as that table is there, no daemon and no migration takes the database for a whole one (see
// schema_status.cpp). Every call throws DatabaseProblem.
class CopyTarget {
 public:
  explicit CopyTarget(Connection::Options options);

  const std::string& name() const { return connection_.name(); }
  std::map<std::string, std::vector<stored::TableColumn>> tables();

  struct Progress {
    std::string source;
    std::map<std::string, std::int64_t> copied;  // rows
  };
  std::optional<Progress> progress();            // of a copy that is not finished
  std::optional<std::string> finished_source();  // of one that is

  // Of the names, one that has rows which no migration has made.
  std::optional<std::string> filled_table(const std::vector<std::string>& names);

  // From here on without its triggers: what they count is copied, too. Throws kLocked when another copy has begun.
  // Nothing is done, and the name returned, when one of `tables` or `others` is filled.
  std::optional<std::string> begin(const std::string& source, const std::vector<std::string>& tables,
                                   const std::vector<std::string>& others);
  // The rows behind the first `before` ones.
  void store(const std::string& table, const std::vector<stored::TableColumn>& columns,
             const std::vector<stored::TableRow>& rows, std::int64_t before);
  void rows(const std::string& table, const std::vector<stored::TableColumn>& columns,
            const std::function<void(const stored::TableRow&)>& each);
  // `last_ids`: the greatest that was given out, of each table that gives out ids.
  void finish(const std::string& source, const std::vector<std::string>& tables,
              const std::map<std::string, std::int64_t>& last_ids);

 private:
  template <typename Call>
  auto guarded(Call&& call);
  template <typename Call>
  void in_transaction(Call&& call);
  std::optional<std::string> find_filled(const std::vector<std::string>& names);
  std::vector<std::string> identities();

  Connection connection_;
};

}  // namespace headroom::postgres
