#include "config/file.h"

#include <boost/program_options.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string_view>

#include "config/values.h"

namespace headroom {
namespace {

namespace po = boost::program_options;

constexpr std::size_t kMaxFileBytes = 1024 * 1024;
constexpr std::size_t kMaxShown = 200;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

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

constexpr std::string_view kBlank = " \t\r\n\v\f";

// Where the comment begins: at a # at the start of the line or after white space. Within a word it belongs to that.
std::size_t comment_of(std::string_view line) {
  for (auto at = line.find('#'); at != std::string_view::npos; at = line.find('#', at + 1)) {
    if (at == 0 || kBlank.find(line[at - 1]) != std::string_view::npos) return at;
  }
  return line.size();
}

// Of a line without its comment.
LineKind kind_of(std::string_view line) {
  const auto first = line.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return LineKind::kNothing;
  line = line.substr(first, line.find_last_not_of(" \t\r\n") - first + 1);
  if (line == "[]") return LineKind::kBroken;  // Boost reads the last character of the name that is not there
  if (line.front() == '[' && line.back() == ']') return LineKind::kSection;
  return line.find('=') == std::string_view::npos ? LineKind::kBroken : LineKind::kValue;
}

// Boost takes every # for the start of a comment: those that are left do not look like one while it reads.
constexpr char kMark = '\x1a';
std::string hide_hashes(std::string_view line) {
  std::string hidden;
  for (const char c : line) {
    if (c == '#' || c == kMark) hidden += kMark;
    hidden += c == '#' ? '1' : c == kMark ? '0' : c;
  }
  return hidden;
}
std::string show_hashes(std::string_view hidden) {
  std::string line;
  for (std::size_t i = 0; i < hidden.size(); ++i) {
    const bool marked = hidden[i] == kMark && i + 1 < hidden.size();
    line += !marked ? hidden[i] : hidden[++i] == '1' ? '#' : kMark;
  }
  return line;
}

std::string place_text(const std::string& path, std::size_t line) { return path + ":" + std::to_string(line); }

// Of the whole file.
ConfigProblem file_problem(const std::string& path, const std::string& what) {
  return {{path, std::nullopt}, "", std::nullopt, "", path + ": " + what};
}

// Boost stops at the first broken line and gives no line numbers. So broken lines are reported and blanked here, and
// what belongs to the lines with values is kept: Boost gives one option for each, in their order.
struct ValueLine {
  std::size_t number = 0;
  std::string comment;
};
struct Scan {
  std::string text;
  std::vector<ValueLine> value_lines;
};
Scan scan(const std::string& path, const std::string& text, std::vector<ConfigProblem>& errors) {
  Scan result;
  std::istringstream lines(text);
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    const std::string comment = line.substr(comment_of(line));
    line.erase(line.size() - comment.size());
    const LineKind kind = kind_of(line);
    if (kind == LineKind::kValue) result.value_lines.push_back({number, comment});
    if (kind == LineKind::kBroken) {
      // Not shown: it could be a secret that was pasted into the wrong file.
      errors.push_back({{path, number},
                        "",
                        std::nullopt,
                        "",
                        place_text(path, number) + ": is neither [section], nor key = value, nor a # comment"});
      line.clear();
    }
    result.text += hide_hashes(line) + '\n';
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
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    file.errors.push_back(file_problem(path, "is written in UTF-16; save it as UTF-8"));
    file.readable = false;
    return file;
  }
  if (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  const Scan scanned = scan(path, text, file.errors);
  try {
    std::istringstream stream(scanned.text);
    // Nothing is registered, so that unknown keys do not end the reading at the first one.
    const auto parsed = po::parse_config_file(stream, po::options_description(), true);
    for (std::size_t i = 0; i < parsed.options.size() && i < scanned.value_lines.size(); ++i) {
      const auto& option = parsed.options[i];
      const ValueLine& line = scanned.value_lines[i];
      file.entries.push_back({{path, line.number},
                              place_text(path, line.number),
                              show_hashes(option.string_key),
                              option.value.empty() ? std::string() : show_hashes(option.value.front()),
                              line.comment});
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
