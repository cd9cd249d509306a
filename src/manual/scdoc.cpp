#include "manual/scdoc.h"

#include <algorithm>

namespace headroom::manual {

std::string plain(std::string_view text) {
  constexpr std::string_view kMarks = "\\*_#[]|`~+<";
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    // A word may come to stand at the beginning of a line.
    const bool begins_word = i == 0 || text[i - 1] == '\n' || text[i - 1] == ' ';
    const bool begins_list = begins_word && (text[i] == '-' || text[i] == '.');
    if (begins_list || kMarks.find(text[i]) != std::string_view::npos) out += '\\';
    out += text[i];
  }
  return out;
}

// Lines of the page's source, which its readers want short.
std::string wrapped(std::string_view text, std::string_view indent) {
  constexpr std::size_t kColumns = 66;
  std::string out, line;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(" \n"), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    if (!line.empty() && line.size() + word.size() >= kColumns) {
      out.append(indent).append(line) += '\n';
      line.clear();
    }
    line.append(line.empty() ? "" : " ").append(word);
  }
  return line.empty() ? out : out.append(indent).append(line) + '\n';
}

std::string bold(std::string_view text) { return "*" + plain(text) + "*"; }

std::string page(std::string_view name, int section, std::string_view version) {
  return std::string(name) + "(" + std::to_string(section) + ") \"headroom " + std::string(version) +
         "\" \"headroom\"\n\n";
}

std::string heading(std::string_view title) { return "# " + std::string(title) + "\n\n"; }

std::string literal(std::string_view text) {
  std::string lines(text);
  if (!lines.ends_with('\n')) lines += '\n';
  return "```\n" + lines + "```\n\n";
}

std::string paragraphs(std::string_view text) {
  std::string out, lines, term;
  const auto end = [&] {
    if (!term.empty()) {
      out += definition(bold(term), lines);
    } else if (!lines.empty()) {
      out += wrapped(plain(lines), "") + "\n";
    }
    lines.clear();
    term.clear();
  };
  while (!text.empty()) {
    const std::size_t length = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, length);
    text.remove_prefix(std::min(length + 1, text.size()));
    const bool indented = line.starts_with("  "), begins_term = indented && !line.starts_with("   ");
    if (line.empty() || begins_term || (!indented && !term.empty())) end();
    if (begins_term) {
      line.remove_prefix(2);
      const std::size_t gap = std::min(line.find("  "), line.size());
      term = line.substr(0, gap);
      line.remove_prefix(gap);
    }
    lines.append(line) += '\n';
  }
  end();
  return out;
}

std::string command_heading(std::string_view name, const std::string& synopsis, std::string_view summary) {
  std::string sentence(summary);
  sentence.front() = static_cast<char>(sentence.front() - 'a' + 'A');
  return "## " + std::string(name) + "\n\n" + wrapped(plain(synopsis), "") + "\n" + wrapped(plain(sentence + "."), "") +
         "\n";
}

std::string definition(const std::string& term, const std::string& meaning) {
  return term + "\n" + wrapped(plain(meaning), "\t") + "\n";
}

}  // namespace headroom::manual
