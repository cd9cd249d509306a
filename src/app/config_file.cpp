#include "app/config_file.h"

#include <boost/program_options.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string_view>

#include "app/config_value.h"

namespace headroom {
namespace {

namespace po = boost::program_options;

constexpr std::size_t kMaxFileBytes = 1024 * 1024;
constexpr std::size_t kMaxShown = 200;

// Empty when it was read; else the reason.
std::string read_text(const std::string& path, std::string& text) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::strerror(errno != 0 ? errno : EIO);
  char buffer[4096];
  while (file.read(buffer, sizeof buffer) || file.gcount() > 0) {
    text.append(buffer, static_cast<std::size_t>(file.gcount()));
    if (text.size() > kMaxFileBytes) return "larger than 1 MiB";
  }
  if (file.bad()) return std::strerror(errno != 0 ? errno : EIO);
  return {};
}

enum class LineKind { kNothing, kSection, kValue, kBroken };

// As Boost.Program_options reads a line: everything from # on is a comment.
LineKind kind_of(std::string_view line) {
  line = line.substr(0, line.find('#'));
  const auto first = line.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return LineKind::kNothing;
  line = line.substr(first, line.find_last_not_of(" \t\r\n") - first + 1);
  if (line == "[]") return LineKind::kBroken;  // Boost reads the last character of the name that is not there
  if (line.front() == '[' && line.back() == ']') return LineKind::kSection;
  return line.find('=') == std::string_view::npos ? LineKind::kBroken : LineKind::kValue;
}

std::string place_text(const std::string& path, std::size_t line) { return path + ":" + std::to_string(line); }

// Of the whole file.
ConfigProblem file_problem(const std::string& path, const std::string& what) {
  return {{path, std::nullopt}, "", std::nullopt, "", path + ": " + what};
}

// Boost stops at the first broken line and gives no line numbers. So broken lines are reported and blanked here, and
// the numbers of the lines with values are kept: Boost gives one option for each, in their order.
struct Scan {
  std::string text;
  std::vector<std::size_t> value_lines;
};
Scan scan(const std::string& path, const std::string& text, std::vector<ConfigProblem>& errors) {
  Scan result;
  std::istringstream lines(text);
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    const LineKind kind = kind_of(line);
    if (kind == LineKind::kValue) result.value_lines.push_back(number);
    if (kind == LineKind::kBroken) {
      // Not shown: it could be a secret that was pasted into the wrong file.
      errors.push_back({{path, number},
                        "",
                        std::nullopt,
                        "",
                        place_text(path, number) + ": is neither [section], nor key = value, nor a # comment"});
      line.clear();
    }
    result.text += line + '\n';
  }
  return result;
}

}  // namespace

ConfigFile read_config_file(const std::string& path) {
  ConfigFile file;
  std::string text;
  if (const std::string error = read_text(path, text); !error.empty()) {
    file.errors.push_back(file_problem(path, "can not read the configuration file: " + error));
    return file;
  }
  file.readable = true;
  const Scan scanned = scan(path, text, file.errors);
  try {
    std::istringstream stream(scanned.text);
    // Nothing is registered, so that unknown keys do not end the reading at the first one.
    const auto parsed = po::parse_config_file(stream, po::options_description(), true);
    for (std::size_t i = 0; i < parsed.options.size() && i < scanned.value_lines.size(); ++i) {
      const auto& option = parsed.options[i];
      const std::size_t line = scanned.value_lines[i];
      file.entries.push_back({{path, line},
                              place_text(path, line),
                              option.string_key,
                              option.value.empty() ? std::string() : option.value.front()});
    }
  } catch (const po::error& error) {
    file.errors.push_back(file_problem(path, error.what()));
  }
  return file;
}

std::string shown_value(const std::string& value) {
  if (value.size() <= kMaxShown && is_plain_text(value)) return value;
  std::string shown;
  for (const char c : value.substr(0, kMaxShown)) shown += c >= ' ' && c < 0x7f ? c : '?';
  return shown + (value.size() > kMaxShown ? "..." : "");
}

std::string quote_value(const std::string& value) { return '"' + shown_value(value) + '"'; }

}  // namespace headroom
