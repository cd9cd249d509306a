#pragma once

#include "admin/context.h"

// What an operator may change. Each is answered when Control has done it.
namespace headroom::admin {

void post_run(AdminContext& context, const AdminCall& call, const Respond& respond);
void post_approval(AdminContext& context, const AdminCall& call, const Respond& respond);
void post_rejection(AdminContext& context, const AdminCall& call, const Respond& respond);
void post_restore(AdminContext& context, const AdminCall& call, const Respond& respond);
void post_exemptions(AdminContext& context, const AdminCall& call, const Respond& respond);
void put_silent(AdminContext& context, const AdminCall& call, const Respond& respond);
void delete_silent(AdminContext& context, const AdminCall& call, const Respond& respond);
void put_group_exemption(AdminContext& context, const AdminCall& call, const Respond& respond);
void put_member_exemption(AdminContext& context, const AdminCall& call, const Respond& respond);
void delete_group_exemption(AdminContext& context, const AdminCall& call, const Respond& respond);
void delete_member_exemption(AdminContext& context, const AdminCall& call, const Respond& respond);
void post_sweep(AdminContext& context, const AdminCall& call, const Respond& respond);
void post_pause(AdminContext& context, const AdminCall& call, const Respond& respond);
void post_resume(AdminContext& context, const AdminCall& call, const Respond& respond);

}  // namespace headroom::admin
