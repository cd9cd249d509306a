#pragma once

#include <string>

#include "headroom/exemption.h"
#include "headroom/names.h"

namespace headroom::stored {

// The columns of read_exemption().
inline const std::string kExemptionColumns = "id, kind, subject, reason, created_at, expires_at";

template <typename Row>
Exemption read_exemption(Row& row) {
  Exemption exemption;
  exemption.id = row.integer();
  exemption.kind = row.template word<ExemptionKind>();
  exemption.subject = row.text();
  exemption.reason = row.text();
  exemption.created_at = row.integer();
  exemption.expires_at = row.optional_integer();
  return exemption;
}

}  // namespace headroom::stored
