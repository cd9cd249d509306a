#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// Text of strangers on its way to a terminal or a pipe.
namespace headroom::ctl {

// Control characters, what turns the direction of writing and what is no UTF-8, as \x1b, \u202e and \xff. Everything
// else stands for itself: ids can be copied.
std::string visible(std::string_view text);

// The same JSON, with those characters escaped where they stand raw, which they do within strings alone.
std::string visible_json(std::string_view json);

// Columns of a terminal that the text takes.
std::size_t width_of(std::string_view text);

// The text if it takes no more than that many columns, and otherwise its beginning and an ellipsis.
std::string cut_to(std::string_view text, std::size_t columns);

// The text in lines of no more than that many columns (at least one character each), parted at spaces where there are
// any.
std::vector<std::string> lines_within(std::string_view text, std::size_t columns);

}  // namespace headroom::ctl
