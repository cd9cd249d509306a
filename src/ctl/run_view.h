#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ctl/answer.h"
#include "ctl/session.h"
#include "ctl/table.h"

namespace headroom::ctl {

// "/api/v1/runs/12", of an id as it was typed.
std::string run_path(const std::string& id);

// How long ago the member gave the last sign of life, as far as the run knows it.
std::string silence_of(const Session& session, const Json& member);

// The members that a run selected, the first to go first.
std::vector<Column> member_columns();
Row member_row(const Session& session, const Json& member);
// Prints all of them.
void print_selected(Session& session, const std::string& run_id);

}  // namespace headroom::ctl
