#include "text/json_object.h"

#include <gtest/gtest.h>

#include <vector>

namespace headroom {
namespace {

TEST(JsonObject, WritesFieldByField) {
  JsonObject json;
  json.text("text", "a\"\n");
  json.text_or_null("empty", "");
  json.number("number", -7);
  json.number("absent", std::optional<std::int64_t>());
  json.unsigned_number("most", 18446744073709551615U);
  json.flag("flag", true);
  json.flag("unknown", std::optional<bool>());
  json.time("time", 0);
  json.seconds("never", 0);
  json.seconds("later", 1);
  json.share("share", 1, 3);
  json.share("of_nothing", 1, 0);
  json.bare("bare", "1.5");
  json.begin_object("inner");
  json.list("texts", std::vector<std::string>{"a", "b"});
  json.end_object();
  json.begin_list("items");
  json.begin_item();
  json.end_object();
  json.end_list();
  EXPECT_EQ(json.finish(),
            R"({"text":"a\"\n","empty":null,"number":-7,"absent":null,"most":18446744073709551615,"flag":true,)"
            R"("unknown":null,"time":"1970-01-01T00:00:00.000Z","never":null,"later":"1970-01-01T00:00:01.000Z",)"
            R"("share":0.3333,"of_nothing":null,"bare":1.5,"inner":{"texts":["a","b"]},"items":[{}]})");
  EXPECT_FALSE(json.repaired());
}

TEST(JsonObject, RepairsWhatIsNoUtf8AndSaysSo) {
  JsonObject json;
  json.text("id", "a\xFF");
  EXPECT_TRUE(json.repaired());
  EXPECT_EQ(json.finish(), "{\"id\":\"a\xEF\xBF\xBD\"}");
}

}  // namespace
}  // namespace headroom
