#include "ctl/confirm.h"

#include <unistd.h>

#include <cerrno>

#include "ctl/exit.h"
#include "ctl/visible.h"
#include "text/units.h"

namespace headroom::ctl {
namespace {

constexpr std::size_t kMaxAnswer = 100;

// The line that is typed; empty at the end of the input, too.
std::string read_line(const Session& session) {
  std::string line;
  char c = 0;
  while (line.size() < kMaxAnswer && !session.stopped()) {
    const ssize_t count = ::read(STDIN_FILENO, &c, 1);
    if (count < 0 && errno == EINTR) continue;
    if (count != 1 || c == '\n') break;
    line += c;
  }
  return std::string(trim(line));
}

}  // namespace

void require_somebody(const Session& session) {
  if (session.line().has("yes")) return;
  if (::isatty(STDIN_FILENO) == 1 && session.out().is_terminal()) return;
  throw Failure(exit_status::kUsage, std::string(session.line().command->name) +
                                         " asks before it does anything: it needs a terminal, or --yes");
}

bool confirm(Session& session, const std::function<std::string()>& preview) {
  const bool agreed = session.line().has("yes");
  std::string question;
  try {
    question = preview();
  } catch (const Failure& failure) {
    // Who has agreed already gets the daemon's word on the order itself: it may be that the role may not.
    if (!agreed || failure.status() != exit_status::kRefused) throw;
  }
  if (agreed) return true;
  session.preview(visible(question) + " [y/N] ");
  session.flush();
  const std::string answer = read_line(session);
  return answer == "y" || answer == "Y" || answer == "yes" || answer == "Yes" || answer == "YES";
}

}  // namespace headroom::ctl
