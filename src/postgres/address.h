#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace headroom::postgres {

// Where a database is, and how to connect to it: a libpq URI (several hosts and parameters are allowed), all of it.
// libpq would fill what is missing from its environment, from ~/.pgpass and from services. None of these is read: the
// environment goes when the program begins, and the others are not asked for.
class Address {
 public:
  // Throws DatabaseProblem (kBadUrl), with no word of the URI in its text when it holds a password.
  // `key`: where it was given, for that text.
  Address(const std::string& url, const std::string& password, const std::string& key = "database.url");

  // One host after the other, each with every parameter of its connection.
  using Parameters = std::map<std::string, std::string>;
  const std::vector<Parameters>& hosts() const { return hosts_; }
  // For each host.
  std::chrono::milliseconds connect_within() const { return connect_within_; }
  // For people: hosts and database, and nothing that is secret.
  const std::string& name() const { return name_; }

 private:
  std::vector<Parameters> hosts_;
  std::chrono::milliseconds connect_within_{};
  std::string name_;
};

}  // namespace headroom::postgres
