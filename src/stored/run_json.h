#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "headroom/policy.h"

// The two values of a run that are stored as JSON. Reading throws StorageError (kOther) for values of a wrong kind: the
// database was damaged or written by something else. Rows outlive keys: one that is absent has the value that it meant
// when it came, and one that is not known is passed over.
namespace headroom::stored {

std::string policy_to_json(const Policy& policy);
Policy policy_from_json(const std::string& json);

// {"owner":1,"newcomer":20}
std::string evidence_to_json(const ListingEvidence& evidence);
ListingEvidence evidence_from_json(const std::string& json);
std::string kept_to_json(const std::map<Why, std::int64_t>& kept);
std::map<Why, std::int64_t> kept_from_json(const std::string& json);

}  // namespace headroom::stored
