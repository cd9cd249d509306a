#include "tests/admin/json_schema.h"

#include <rapidjson/pointer.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "headroom/types.h"
#include "text/time_text.h"

namespace headroom::admin::admin_test {
namespace {

using rapidjson::Value;

const std::set<std::string> kKnown = {
    "type",    "format",    "nullable",  "enum",    "items",   "required", "properties",  "oneOf",
    "default", "minLength", "maxLength", "minimum", "maximum", "pattern",  "description", "additionalProperties"};

bool is_of_type(const Value& value, const std::string& type) {
  if (type == "string") return value.IsString();
  if (type == "integer") return value.IsInt64();
  if (type == "boolean") return value.IsBool();
  if (type == "array") return value.IsArray();
  return type == "object" && value.IsObject();
}

class Check {
 public:
  explicit Check(const Value& document) : document_(document) {}

  void check(const Value& unresolved, const Value& value, const std::string& where) {
    const Value& schema = resolved(document_, unresolved);
    for (const auto& word : schema.GetObject()) {
      if (!kKnown.contains(word.name.GetString())) add(where, std::string("schema has ") + word.name.GetString());
    }
    if (value.IsNull()) {
      if (!schema.HasMember("nullable") || !schema["nullable"].GetBool()) add(where, "is null");
      return;
    }
    if (schema.HasMember("oneOf")) return check_one_of(schema["oneOf"], value, where);
    const std::string type = schema["type"].GetString();
    if (!is_of_type(value, type)) return add(where, "is no " + type);
    if (schema.HasMember("enum")) check_enum(schema["enum"], value, where);
    if (schema.HasMember("format") && schema["format"] == "date-time" && !parse_time(value.GetString())) {
      add(where, "is no time");
    }
    if (value.IsArray()) check_items(schema, value, where);
    if (value.IsObject()) check_object(schema, value, where);
  }

  std::vector<std::string> found;

 private:
  void add(const std::string& where, const std::string& what) { found.push_back(where + " " + what); }

  void check_one_of(const Value& choices, const Value& value, const std::string& where) {
    const auto fits = [&](const Value& choice) {
      Check one(document_);
      one.check(choice, value, where);
      return one.found.empty();
    };
    if (std::count_if(choices.Begin(), choices.End(), fits) != 1) add(where, "is not one of the choices");
  }
  void check_enum(const Value& allowed, const Value& value, const std::string& where) {
    if (std::find(allowed.Begin(), allowed.End(), value) == allowed.End()) add(where, "is no word of the enum");
  }
  void check_items(const Value& schema, const Value& value, const std::string& where) {
    for (rapidjson::SizeType i = 0; i < value.Size(); ++i) {
      check(schema["items"], value[i], where + "[" + std::to_string(i) + "]");
    }
  }
  void check_object(const Value& schema, const Value& value, const std::string& where) {
    if (schema.HasMember("required")) {
      for (const auto& name : schema["required"].GetArray()) {
        if (!value.HasMember(name)) add(where, std::string("lacks ") + name.GetString());
      }
    }
    for (const auto& member : value.GetObject()) {
      const std::string name = member.name.GetString();
      if (schema.HasMember("properties") && schema["properties"].HasMember(name)) {
        check(schema["properties"][name], member.value, where + "." + name);
      } else if (!schema.HasMember("additionalProperties")) {
        continue;  // a free object
      } else if (schema["additionalProperties"].IsObject()) {
        check(schema["additionalProperties"], member.value, where + "." + name);
      } else {
        add(where, "has " + name);
      }
    }
  }

  const Value& document_;
};

}  // namespace

const Value& resolved(const Value& document, const Value& value) {
  if (!value.IsObject() || !value.HasMember("$ref")) return value;
  const Value* found = rapidjson::Pointer(value["$ref"].GetString()).Get(document);
  if (found == nullptr) throw std::runtime_error(std::string("nothing stands at ") + value["$ref"].GetString());
  return *found;
}

std::vector<std::string> faults(const Value& document, const Value& schema, const Value& value,
                                const std::string& where) {
  Check check(document);
  check.check(schema, value, where);
  return check.found;
}

}  // namespace headroom::admin::admin_test
