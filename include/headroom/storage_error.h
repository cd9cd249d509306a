#pragma once

#include <stdexcept>
#include <string>

namespace headroom {

class StorageError : public std::runtime_error {
 public:
  enum class Kind {
    kFull,     // no space: nothing was stored; heals when there is space again
    kFatal,    // failed read, write or sync, corruption: what is on disk is unknown; the process has to end
    kTimeout,  // a read took longer than a read may
    // Of a store that several share. The first two stored nothing.
    kUnavailable,  // it does not answer, takes no writes now, or refuses such work, whatever is to be stored
    kConflict,     // another was in the way: worth the same transaction again
    kUnknown,      // the commit's outcome is not known: it may be stored, and may yet be
    kOther         // this operation alone failed (a broken constraint, a damaged row, another process's lock)
  };
  StorageError(Kind kind, const std::string& what) : std::runtime_error(what), kind_(kind) {}
  Kind kind() const { return kind_; }

 private:
  Kind kind_;
};

// That a database server does not answer is said once, by who waits for it.
inline bool told_elsewhere(const StorageError& error) {
  return error.kind() == StorageError::Kind::kUnavailable || error.kind() == StorageError::Kind::kUnknown;
}

}  // namespace headroom
