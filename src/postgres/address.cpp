#include "postgres/address.h"

#include <libpq-fe.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>

#include "stored/database_problem.h"

namespace headroom::postgres {
namespace {

// libpq reads some of its environment wherever a parameter is missing, and has no other way to be told not to. Before
// main() nobody else reads the environment.
[[maybe_unused]] const bool kWithoutEnvironment = [] {
  std::vector<std::string> names;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    if (std::strncmp(*entry, "PG", 2) == 0) names.emplace_back(*entry, std::strcspn(*entry, "="));
  }
  for (const std::string& name : names) unsetenv(name.c_str());
  return true;
}();

// What holds unless the URI says otherwise.
const Address::Parameters kDefaults = {
    {"connect_timeout", "2"},
    // Without it a host that went silent holds a connection for as long as the kernel sends again.
    {"tcp_user_timeout", "2000"},
    {"keepalives_idle", "5"},
    {"keepalives_interval", "2"},
    {"keepalives_count", "3"},
    {"target_session_attrs", "read-write"},
    {"application_name", "headroomd"},
    {"gssencmode", "disable"},  // would look for tickets in files of its own
};
// Whatever it says. libpq looks for a password file only where there is no password, and finds none here.
const Address::Parameters kFixed = {{"client_encoding", "UTF8"}, {"passfile", "/dev/null/none"}};

[[noreturn]] void refuse(const std::string& why) { throw DatabaseProblem(DatabaseProblem::Kind::kBadUrl, why); }

// libpq's own words about a URI may quote any part of it, so they are not shown.
Address::Parameters parsed(const std::string& url) {
  if (!url.starts_with("postgresql://") && !url.starts_with("postgres://")) refuse("is no URI of PostgreSQL");
  char* words = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(PQconninfoParse(url.c_str(), &words),
                                                                             PQconninfoFree);
  PQfreemem(words);
  if (options == nullptr) refuse("can not be read");
  Address::Parameters given;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr && *option->val != '\0') given.emplace(option->keyword, option->val);
  }
  return given;
}

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= list.size();) {
    const std::size_t comma = std::min(list.find(',', at), list.size());
    parts.push_back(list.substr(at, comma - at));
    at = comma + 1;
  }
  return parts;
}

std::chrono::milliseconds seconds_of(const std::string& text) {
  int seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size() || seconds < 1 || seconds > 60) {
    refuse("has a connect_timeout that is no number of seconds from 1 to 60");
  }
  return std::chrono::seconds(seconds);
}

std::string taken(Address::Parameters& given, const std::string& keyword) {
  const auto node = given.extract(keyword);
  return node ? node.mapped() : std::string();
}

}  // namespace

Address::Address(const std::string& url, const std::string& password, const std::string& key) try {
  Parameters given = parsed(url);
  if (given.contains("password")) refuse("holds a password; it belongs in a file of its own");
  for (const char* unread : {"service", "passfile"}) {
    if (given.contains(unread)) refuse("has a " + std::string(unread) + ", which is not read");
  }
  given.insert(kDefaults.begin(), kDefaults.end());
  for (const auto& [keyword, value] : kFixed) given[keyword] = value;
  if (!password.empty()) given["password"] = password;
  connect_within_ = seconds_of(given["connect_timeout"]);

  const std::vector<std::string> hosts = split(taken(given, "host"));
  const std::vector<std::string> addresses = split(taken(given, "hostaddr"));
  const std::vector<std::string> ports = split(taken(given, "port"));
  const std::size_t number = std::max(hosts.size(), addresses.size());
  const auto fits = [&](const std::vector<std::string>& list) { return list.size() == number || list.size() == 1; };
  if (!fits(hosts) || !fits(addresses) || !fits(ports))
    refuse("has more of hosts, addresses or ports than of the others");
  for (std::size_t i = 0; i < number; ++i) {
    Parameters host = given;
    const auto put = [&](const char* keyword, const std::vector<std::string>& list) {
      const std::string& value = list.size() == 1 ? list[0] : list[i];
      if (!value.empty()) host[keyword] = value;
      return value;
    };
    const std::string named = put("host", hosts);
    const std::string address = put("hostaddr", addresses);
    const std::string port = put("port", ports);
    name_ += (i == 0 ? "" : ",") + (named.empty() ? address : named) + (port.empty() ? "" : ":" + port);
    hosts_.push_back(std::move(host));
  }
  name_ = "postgresql://" + name_ + (given.contains("dbname") ? "/" + given["dbname"] : "");
} catch (const DatabaseProblem& problem) {
  throw DatabaseProblem(problem.kind(), key + " " + problem.what());
}

}  // namespace headroom::postgres
