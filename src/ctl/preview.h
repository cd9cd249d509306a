#pragma once

#include <string>

#include "ctl/answer.h"
#include "ctl/session.h"

// What a dangerous command is about to do, for who has to say yes. Each returns the question.
namespace headroom::ctl {

std::string preview_approval(Session& session, const std::string& run_id);
std::string preview_raise(Session& session, const std::string& group_id);
std::string preview_pruning(Session& session, const std::string& group_id);
std::string preview_restore(Session& session, const std::string& run_id);

}  // namespace headroom::ctl
