#include "headroom/globs.h"

#include <algorithm>

#include "text/units.h"
#include "text/utf8.h"

namespace headroom {
namespace {

// Behind the code point that begins there.
std::size_t after_code_point(std::string_view text, std::size_t at) {
  ++at;
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U) ++at;
  return at;
}

// A blank that is escaped belongs to the pattern.
std::string_view without_blanks(std::string_view text) {
  const std::string_view trimmed = trim(text);
  const bool cut = !trimmed.empty() && trimmed.back() == '\\' && trimmed.end() != text.end();
  return cut ? std::string_view(trimmed.data(), trimmed.size() + 1) : trimmed;
}

// Where the pattern that begins at `start` ends: at a comma that nothing escapes, or at the end.
std::size_t end_of_pattern(std::string_view text, std::size_t start) {
  for (std::size_t at = start; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == ',') {
      return at;
    }
  }
  return text.size();
}

bool is_pattern(std::string_view text) {
  if (text.empty() || text.size() > Globs::kLongest || !is_plain_text(text)) return false;
  std::size_t escapes = 0;  // in a row, at the end
  for (auto at = text.rbegin(); at != text.rend() && *at == '\\'; ++at) ++escapes;
  return escapes % 2 == 0;
}

}  // namespace

// A `*` that fails is tried one code point further on, and only the last one: those before it have had their way.
bool glob_matches(std::string_view pattern, std::string_view id) {
  constexpr std::size_t kNone = std::string_view::npos;
  std::size_t p = 0;
  std::size_t i = 0;
  std::size_t star = kNone;  // behind the last `*`
  std::size_t taken = 0;     // up to where that one reaches
  while (i < id.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      taken = i;
      continue;
    }
    if (p < pattern.size() && pattern[p] == '?') {
      ++p;
      i = after_code_point(id, i);
      continue;
    }
    const bool escaped = p + 1 < pattern.size() && pattern[p] == '\\';
    const std::size_t literal = escaped ? p + 1 : p;
    if (literal < pattern.size() && pattern[literal] == id[i]) {
      p = literal + 1;
      ++i;
      continue;
    }
    if (star == kNone) return false;
    taken = after_code_point(id, taken);
    p = star;
    i = taken;
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

std::optional<Globs> Globs::parse(std::string_view text) {
  Globs globs;
  if (trim(text).empty()) return globs;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = end_of_pattern(text, start);
    const std::string_view pattern = without_blanks(text.substr(start, end - start));
    if (!is_pattern(pattern) || globs.patterns_.size() >= kMost) return std::nullopt;
    globs.patterns_.emplace_back(pattern);
    start = end + 1;
  }
  return globs;
}

bool Globs::match(std::string_view id) const {
  return std::any_of(patterns_.begin(), patterns_.end(),
                     [&](const auto& pattern) { return glob_matches(pattern, id); });
}

std::string Globs::text() const {
  std::string all;
  for (const std::string& pattern : patterns_) all.append(all.empty() ? "" : ", ").append(pattern);
  return all;
}

}  // namespace headroom
