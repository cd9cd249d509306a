#pragma once

#include "doctor/check.h"
#include "doctor/examination.h"

// Each looks at one thing, changes nothing, and waits within doctor/limits.h.
namespace headroom::doctor {

Finding check_config(Examination& examination);
Finding check_secrets(Examination& examination);
Finding check_database(Examination& examination);
Finding check_disk(Examination& examination);
Finding check_sqlite(Examination& examination);
Finding check_clock(Examination& examination);
Finding check_dns(Examination& examination);
Finding check_tls(Examination& examination);
Finding check_chat(Examination& examination);
Finding check_usersig(Examination& examination);
Finding check_permissions(Examination& examination);
Finding check_webhook(Examination& examination);
Finding check_unit(Examination& examination);

}  // namespace headroom::doctor
