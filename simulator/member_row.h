#pragma once

#include <rapidjson/document.h>

#include <string_view>
#include <vector>

#include "simulator/row_filter.h"
#include "simulator/world.h"

namespace chatsim {

// Names that a MemberInfoFilter may hold [34948].
const std::vector<std::string_view>& member_field_names();

// A row of MemberList with the fields that were asked for; OnlineStatus only when it was named.
rapidjson::Value member_row(const World& world, const Member& member, const RowFilter& filter,
                            rapidjson::Document::AllocatorType& memory);

}  // namespace chatsim
