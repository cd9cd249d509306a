#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "stored/schema.h"

namespace headroom {

// The schema of the configured database, whichever store that is. Every call throws DatabaseProblem.
class SchemaKeeper {
 public:
  virtual ~SchemaKeeper() = default;

  const std::string& name() const { return name_; }  // for people, and nothing that is secret
  virtual int newest() const = 0;                    // version, of this binary

  // Changes nothing, beside running daemons too.
  virtual SchemaStatus status(std::optional<std::int64_t> sdk_app_id) const = 0;
  // Alone: a file's lock is taken for it, so that no daemon may run; a server's migrators wait for each other.
  virtual MigrateReport up(const MigrateOptions& options,
                           const std::function<void(const std::string&)>& warn) const = 0;
  // What is wrong with it. Empty: nothing.
  virtual std::vector<std::string> verify() const = 0;

 protected:
  explicit SchemaKeeper(std::string name) : name_(std::move(name)) {}

 private:
  const std::string name_;
};

// `within`: about as long as a server may take for each answer to who only looks; 0: as long as for others.
std::unique_ptr<SchemaKeeper> schema_keeper(const DatabaseConfig& database, std::chrono::milliseconds within = {});

}  // namespace headroom
