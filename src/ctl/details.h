#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ctl/answer.h"
#include "ctl/session.h"

namespace headroom::ctl {

// "name   value" lines, aligned; those without a value are left out.
class Details {
 public:
  void add(const std::string& name, const std::string& value) {
    if (!value.empty()) lines_.emplace_back(name, value);
  }
  void print(Session& session) const;

 private:
  std::vector<std::pair<std::string, std::string>> lines_;
};

// "@TGS#1 (Name)"
std::string name_of_group(const Json& group);
// "2026-11-29 10:06:05, 3h ago"; "" for none.
std::string moment_and_age(const Session& session, std::optional<TimeMs> moment);
// "5 members", "1 member"
std::string counted(std::int64_t number, const std::string& one, const std::string& many);

}  // namespace headroom::ctl
