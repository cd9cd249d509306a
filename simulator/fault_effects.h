#pragma once

#include <rapidjson/document.h>

#include <vector>

#include "simulator/fault.h"

namespace chatsim {

// Applies the faults that concern an answer's content. Rows are the elements of its arrays GroupInfo, MemberList,
// UserIdList and QueryResult; a fault for one group leaves GroupInfo elements of other groups alone.
void spoil(rapidjson::Document& answer, const std::vector<Fault>& faults);

}  // namespace chatsim
