#pragma once

#include <string>

#include "ctl/completion.h"

// What is made of the tables, as text: man pages as scdoc takes them, docs/configuration.md, and completions.
namespace headroom::manual {

std::string headroomctl_page();  // headroomctl(1)
std::string headroomd_page();    // headroomd(8)
std::string conf_page();         // headroom.conf(5)
std::string configuration_doc();

// headroomd's table, and the keys of the configuration. The texts are views of the tables, which live as long as the
// program.
ctl::CompletedProgram headroomd_program();

}  // namespace headroom::manual
