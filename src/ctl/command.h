#pragma once

#include <string_view>
#include <vector>

namespace headroom::ctl {

class Session;

// An option with or without a value. Names are never guessed from a prefix.
struct Option {
  std::string_view name;     // without --
  std::string_view value;    // "N"; empty: it takes none
  std::string_view meaning;  // one line
  bool required = false;
  std::vector<std::string_view> choices = {};  // for completion: the words that it takes
  bool is_file = false;
};

// What stands behind a command's name.
struct Word {
  std::string_view name;  // "GROUP"
  bool optional = false;
  bool repeated = false;
  std::vector<std::string_view> choices = {};  // the only words that it takes
};

struct Command {
  std::string_view name;
  std::vector<Word> words;
  std::vector<Option> options;
  std::string_view summary;  // one line
  std::string_view details;  // paragraphs, for help and the man page
  int (*run)(Session&);      // the exit status
};

}  // namespace headroom::ctl
