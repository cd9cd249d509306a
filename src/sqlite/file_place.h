#pragma once

#include <sys/types.h>

#include <string>

namespace headroom {

// Whether a path still names the file that it named at first. A database whose name is gone, or names another file,
// goes on to be written where nobody will find it.
class FilePlace {
 public:
  explicit FilePlace(std::string path);

  // What is wrong, in words; empty: nothing. A path that can not be looked at says nothing.
  std::string problem() const;

 private:
  std::string path_;
  dev_t device_ = 0;
  ino_t file_ = 0;
};

}  // namespace headroom
