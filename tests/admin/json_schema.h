#pragma once

#include <rapidjson/document.h>

#include <string>
#include <vector>

namespace headroom::admin::admin_test {

// What is wrong with `value` by a schema of the document: as much of OpenAPI 3.0's schemas as the description uses, and
// a word that it does not know is an error, too. Empty: nothing.
std::vector<std::string> faults(const rapidjson::Value& document, const rapidjson::Value& schema,
                                const rapidjson::Value& value, const std::string& where = "$");

// What a local "$ref" stands for; anything else stands for itself.
const rapidjson::Value& resolved(const rapidjson::Value& document, const rapidjson::Value& value);

}  // namespace headroom::admin::admin_test
