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

// Why the run waits for a person, as a sentence; "" when it waits for nobody, or the daemon does not say.
std::string waiting_sentence(const Json& run);
// Its reason, or what it waits for.
std::string reason_of(const Json& run);

// How long ago the member gave the last sign of life, as far as the run knows it.
std::string silence_of(const Session& session, const Json& member);

// The members that a run selected, the first to go first.
std::vector<Column> member_columns();
Row member_row(const Session& session, const Json& member);
// Prints all of them.
void print_selected(Session& session, const std::string& run_id);

}  // namespace headroom::ctl
