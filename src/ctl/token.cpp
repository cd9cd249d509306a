#include "ctl/token.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "ctl/exit.h"

namespace headroom::ctl {
namespace {

constexpr const char* kCredential = "/etc/credstore/headroom.admin-token";

// Where it may stand when nobody names a file, the first place first.
std::vector<std::string> usual_places(const Environment& environment) {
  std::vector<std::string> places;
  if (const auto folder = value_of(environment, "CREDENTIALS_DIRECTORY"); !folder.empty()) {
    places.push_back(folder + "/admin-token");
  }
  places.emplace_back(kCredential);
  const auto config = value_of(environment, "XDG_CONFIG_HOME");
  const auto home = value_of(environment, "HOME");
  if (config.starts_with('/')) {  // what is relative is to be ignored, says its specification
    places.push_back(config + "/headroom/token");
  } else if (!home.empty()) {
    places.push_back(home + "/.config/headroom/token");
  }
  return places;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all;
}

std::string file_with_token(const std::optional<std::string>& named_file, const Environment& environment) {
  if (named_file) return *named_file;
  if (const auto named = value_of(environment, "HEADROOMCTL_TOKEN_FILE"); !named.empty()) return named;
  const auto places = usual_places(environment);
  const std::string found = find_secret_file(places);
  if (!found.empty()) return found;
  throw Failure(
      exit_status::kNoAccess,
      "no token: name its file with --token-file or HEADROOMCTL_TOKEN_FILE, or put it where it is looked for (" +
          joined(places) + ")");
}

}  // namespace

std::string value_of(const Environment& environment, const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string() : found->second;
}

Secret find_token(const std::optional<std::string>& named_file, const Environment& environment) {
  const std::string path = file_with_token(named_file, environment);
  const SecretFile file = read_secret_file(path);
  if (!file.secret) throw Failure(exit_status::kNoAccess, "the token's file " + path + " " + file.error);
  AdminTokens all = parse_admin_tokens(*file.secret);
  if (!all.errors.empty()) {
    const auto& [line, what] = all.errors.front();
    throw Failure(exit_status::kNoAccess, "the token's file " + path + ": " +
                                              (line ? "line " + std::to_string(*line) + " " : std::string()) + what);
  }
  const auto is_operator = [](const AdminToken& token) { return token.role == AdminRole::kOperator; };
  const auto found = std::find_if(all.tokens.begin(), all.tokens.end(), is_operator);
  return std::move(found == all.tokens.end() ? all.tokens.front().token : found->token);
}

}  // namespace headroom::ctl
