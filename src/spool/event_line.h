#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "headroom/event.h"

namespace headroom::spool {

// An event as a line of JSON, byte for byte: a text that is no UTF-8 is {"hex":"…"}. `refused`: why it was set aside,
// for who reads it; empty: it was not.
std::string line_of(const Event& event, std::string_view refused = {});

struct BadLine {
  std::string what;
};
std::variant<Event, BadLine> event_of(std::string_view line);

// The first line: what the others are, so that a part of them is not taken for all.
struct Head {
  std::string database;  // whose events they are; may be empty
  std::int64_t events = 0;
};
std::string line_of(const Head& head);
std::variant<Head, BadLine> head_of(std::string_view line);

}  // namespace headroom::spool
