#pragma once

#include <string>

#include "admin/context.h"
#include "headroom/control.h"
#include "headroom/inquiry.h"

namespace headroom::admin {

// Whether a member could be removed now, and why; answered when Chat has been asked.
void get_member(AdminContext& context, const AdminCall& call, const Respond& respond);

std::string inquiry_json(const Inquiry& inquiry, SchedulerMode mode);

}  // namespace headroom::admin
