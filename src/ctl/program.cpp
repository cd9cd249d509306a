#include "ctl/program.h"

#include <cerrno>
#include <cstring>
#include <exception>

#include "ctl/commands.h"
#include "ctl/exit.h"
#include "ctl/help.h"
#include "ctl/parse.h"
#include "ctl/session.h"
#include "ctl/visible.h"

namespace headroom::ctl {
namespace {

void complain(Output& err, const std::string& text) {
  err.write("headroomctl: " + visible(text) + '\n');
  err.flush();
}

int run(const Parsed& parsed, const Environment& environment, Output& out, Output& err, const Stop& stop) {
  const Invocation& line = parsed.line;
  Session session(line, environment, out, err, stop);
  if (line.has("version")) return find_command("version")->run(session);
  if (line.has("help") || line.command == nullptr) {
    session.print(line.command == nullptr ? help_text() : help_text(*line.command));
    return exit_status::kOk;
  }
  check_values(session);
  return line.command->run(session);
}

}  // namespace

int run_program(const std::vector<std::string>& arguments, const Environment& environment, Output& out, Output& err,
                const Stop& stop) {
  int status = exit_status::kRefused;
  try {
    const Parsed parsed = parse(arguments);
    for (const std::string& error : parsed.errors) complain(err, error);
    if (!parsed.errors.empty()) return exit_status::kUsage;
    status = run(parsed, environment, out, err, stop);
  } catch (const Failure& failure) {
    out.flush();
    complain(err, failure.what());
    status = failure.status();
  } catch (const std::exception& error) {
    complain(err, std::string("internal error: ") + error.what());
  }
  out.flush();
  if (out.error() == 0) return status;
  // Who has closed the pipe has read enough, and says so by closing it.
  if (out.error() != EPIPE)
    complain(err, std::string("can not write to standard output: ") + std::strerror(out.error()));
  return status == exit_status::kOk ? exit_status::kRefused : status;
}

}  // namespace headroom::ctl
