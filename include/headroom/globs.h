#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

// Patterns over whole ids, in UTF-8: `*` is any number of code points, `?` one, `\` takes the next one as it is; case
// matters.
class Globs {
 public:
  static constexpr std::size_t kMost = 1000;    // patterns
  static constexpr std::size_t kLongest = 512;  // bytes of one, as it is written

  // Comma separated; blanks around a comma are dropped, `\,` is no separator. nullopt: an empty pattern, one that ends
  // in a `\` with nothing behind it, is longer than kLongest, no UTF-8 or has a control character; or too many.
  static std::optional<Globs> parse(std::string_view text);

  bool empty() const { return patterns_.empty(); }
  // Whether one of them is `id`.
  bool match(std::string_view id) const;
  // As parse() reads it: "team-*, bot-?".
  std::string text() const;

  bool operator==(const Globs&) const = default;

 private:
  std::vector<std::string> patterns_;
};

// One pattern, as above. Costs at most the product of the two lengths.
bool glob_matches(std::string_view pattern, std::string_view id);

}  // namespace headroom
