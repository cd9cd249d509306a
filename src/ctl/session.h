#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "ctl/client.h"
#include "ctl/invocation.h"
#include "ctl/output.h"
#include "ctl/stop.h"
#include "ctl/token.h"
#include "ctl/when.h"

namespace headroom::ctl {

// One command, and what it touches of the world.
class Session {
 public:
  Session(Invocation line, Environment environment, Output& out, Output& err, const Stop& stop)
      : line_(std::move(line)), environment_(std::move(environment)), out_(out), err_(err), stop_(stop) {}

  const Invocation& line() const { return line_; }
  const std::string& word(std::size_t index) const { return line_.words.at(index); }
  bool json() const { return line_.has("json"); }
  Zone zone() const { return line_.has("utc") ? Zone::kUtc : Zone::kLocal; }
  std::string reason() const { return line_.value("reason").value_or(""); }
  std::string url() const;
  const Environment& environment() const { return environment_; }

  // Made when it is first asked for: only then a token is needed. Throws Failure.
  Client& client();

  Output& out() { return out_; }
  const Output& out() const { return out_; }
  void print(std::string_view text) { out_.write(text); }  // safe already
  void say(std::string_view text);                         // a line of anybody's words
  void print_json(std::string_view body);                  // as the daemon answered
  void complain(std::string_view text);                    // a line on standard error
  void note(std::string_view text);                        // the same, to be left out by nobody: no error

  // What is shown before a question: on standard output, but for --json, whose output is the answer alone.
  void preview(std::string_view text) { (json() ? err_ : out_).write(text); }  // safe already
  void preview_line(std::string_view text);
  std::optional<std::size_t> preview_columns() const { return (json() ? err_ : out_).columns(); }
  void flush();
  // Of the terminal at standard error; and what is written there without the end of a line.
  std::optional<std::size_t> err_columns() const { return err_.columns(); }
  void write_over(std::string_view text);

  static TimeMs now();
  std::string moment(std::optional<TimeMs> moment) const;  // "" for none
  std::string day(std::optional<TimeMs> moment) const;     // where it is short of columns: the date
  std::string since(std::optional<TimeMs> moment) const;   // how long ago, "" for none
  // Whether to go on: nobody has stopped it, and what is printed is read.
  bool goes_on() const { return !stop_.asked && out_.error() == 0; }
  bool stopped() const { return stop_.asked; }
  void catch_stops() { stop_.catch_signals(); }

 private:
  const Invocation line_;
  const Environment environment_;
  Output& out_;
  Output& err_;
  const Stop stop_;
  std::unique_ptr<Client> client_;
};

// How many items a list is to have; nullopt: all of them. Throws Failure (usage).
std::optional<std::int64_t> limit_of(const Session& session);

// The value of an option that is a moment, as the API takes it. Throws Failure (usage).
std::optional<std::string> moment_option(const Session& session, const std::string& name, Direction direction);

// Before anything is asked of the daemon: what can be seen to be wrong from here. Throws Failure (usage).
void check_values(const Session& session);

}  // namespace headroom::ctl
