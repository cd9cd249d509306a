#pragma once

#include <stdexcept>
#include <string>

namespace headroom {

// Why a database can not be opened, migrated, checked or backed up. The text names the file and says what to do.
class DatabaseProblem : public std::runtime_error {
 public:
  enum class Kind {
    // what a restart can not mend
    kMissing,       // no such file or folder
    kNotADatabase,  // not SQLite, or SQLite but not headroom's
    kNoPermission,
    kForeignApp,  // belongs to another app
    kBehind,
    kNewer,
    kAltered,    // a migration was changed after it had been applied
    kBadTarget,  // `--to` names no migration, one below the current, or a database that is not empty
    kBadBackup,  // what is to be restored is damaged, or the database itself
    kBadLog,     // the log beside a database is another file's, or it is damaged
    kBadUrl,     // of a database server
    // another process is in the way
    kLocked,
    kUnavailable,  // a server that does not answer
    // failures at run time
    kExists,  // a backup's target
    kCorrupt,
    kFull,
    kIo,
    kFailed  // a migration's SQL failed; it was rolled back
  };
  DatabaseProblem(Kind kind, const std::string& what) : std::runtime_error(what), kind_(kind) {}
  Kind kind() const { return kind_; }

 private:
  Kind kind_;
};

}  // namespace headroom
