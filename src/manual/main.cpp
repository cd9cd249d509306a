// headroom-manual: prints what is made of the tables, for the build. Usage: headroom-manual NAME
#include <functional>
#include <iostream>
#include <map>

#include "manual/pages.h"

int main(int argc, char** argv) {
  namespace manual = headroom::manual;
  namespace ctl = headroom::ctl;
  const std::map<std::string, std::function<std::string()>> texts = {
      {"headroomctl.1", manual::headroomctl_page},
      {"headroomd.8", manual::headroomd_page},
      {"headroom.conf.5", manual::conf_page},
      {"configuration.md", manual::configuration_doc},
      {"headroomctl.bash", [] { return ctl::bash_completion(ctl::completed_program()); }},
      {"headroomctl.zsh", [] { return ctl::zsh_completion(ctl::completed_program()); }},
      {"headroomctl.fish", [] { return ctl::fish_completion(ctl::completed_program()); }},
      {"headroomd.bash", [] { return ctl::bash_completion(manual::headroomd_program()); }},
      {"headroomd.zsh", [] { return ctl::zsh_completion(manual::headroomd_program()); }},
      {"headroomd.fish", [] { return ctl::fish_completion(manual::headroomd_program()); }},
  };
  const auto found = texts.find(argc == 2 ? argv[1] : "");
  if (found == texts.end()) {
    std::cerr << "headroom-manual: takes one of";
    for (const auto& text : texts) std::cerr << ' ' << text.first;
    std::cerr << '\n';
    return 64;
  }
  std::cout << found->second() << std::flush;
  return std::cout ? 0 : 1;
}
