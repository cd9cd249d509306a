#include "chat/user_sig.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

namespace headroom {
namespace {

// The published vector [34385].
constexpr char kKey[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
constexpr char kSig[] = "9awWeUL8MxxbBn8dhB0Jvuo0JKIh4dNCLkGIX4n5fd0=";
constexpr char kLevel6[] =
    "eJyrVgrxCdYrSy1SslIy0jNQ0gHzM1NS80oy0zLBwokpuZl5mcUlRYkl*"
    "UVQBcUp2YkFBZkpSlaGJgZQAJFJrSjILEpVsrIwM4EJlWTmAgUMzVEVFmemA"
    "w23TCwPTw31sfCtqEhyyrNIyXAy8CorzTfw8vbMMEnxc-bJdveMMMkzTUsxsFWqBQDFLzPV";
constexpr char kLevel0[] =
    "eAEBrgBR-"
    "3siVExTLnZlciI6IjIuMCIsIlRMUy5pZGVudGlmaWVyIjoiYWRtaW5pc3RyYXRvciIsIlRMUy5zZGthcHBpZCI6MTQwMDAwMDAwMCwiVExTLm"
    "V4cGlyZSI6ODY0MDAsIlRMUy50aW1lIjoxNzAwMDAwMDAwLCJUTFMuc2lnIjoiOWF3V2VVTDhNeHhiQm44ZGhCMEp2dW8wSktJaDRkTkNMa0dJWDRu"
    "NWZk"
    "MD0ifcUvM9U_";

void expect_vector(const std::optional<UserSig>& user_sig) {
  ASSERT_TRUE(user_sig);
  EXPECT_EQ(user_sig->identifier, "administrator");
  EXPECT_EQ(user_sig->sdk_app_id, 1400000000U);
  EXPECT_EQ(user_sig->time_s, 1700000000);
  EXPECT_EQ(user_sig->expire_s, 86400);
  EXPECT_EQ(user_sig->sig, kSig);
  EXPECT_TRUE(is_signed_with(*user_sig, kKey));
}

TEST(UserSig, HmacIsThatOfThePublishedVector) {
  EXPECT_EQ(hmac_sig("administrator", 1400000000, 1700000000, 86400, kKey), kSig);
}

TEST(UserSig, ReadsThePublishedVectors) {
  expect_vector(decode_user_sig(kLevel6));
  expect_vector(decode_user_sig(kLevel0));
}

TEST(UserSig, SignsWhatThePublishedVectorsSay) {
  const std::string text = sign_user_sig(1400000000, "administrator", kKey, 1700000000, 86400);
  EXPECT_EQ(text.find_first_of("+/="), std::string::npos);
  expect_vector(decode_user_sig(text));
}

TEST(UserSig, CarriesAnyIdentifier) {
  for (const std::string& identifier :
       {std::string(), std::string("a\"b\\c"), std::string("用户"), std::string(1000, 'x')}) {
    const auto user_sig = decode_user_sig(sign_user_sig(18446744073709551615U, identifier, "key", 1, 2));
    ASSERT_TRUE(user_sig);
    EXPECT_EQ(user_sig->identifier, identifier);
    EXPECT_EQ(user_sig->sdk_app_id, 18446744073709551615U);
    EXPECT_TRUE(is_signed_with(*user_sig, "key"));
  }
}

TEST(UserSig, EveryFieldIsSigned) {
  const UserSig genuine = *decode_user_sig(sign_user_sig(1, "a", kKey, 2, 3));
  ASSERT_TRUE(is_signed_with(genuine, kKey));
  EXPECT_FALSE(is_signed_with(genuine, "another"));
  UserSig forged = genuine;
  forged.identifier = "b";
  EXPECT_FALSE(is_signed_with(forged, kKey));
  forged = genuine;
  forged.sdk_app_id = 9;
  EXPECT_FALSE(is_signed_with(forged, kKey));
  forged = genuine;
  forged.time_s = 9;
  EXPECT_FALSE(is_signed_with(forged, kKey));
  forged = genuine;
  forged.expire_s = 9;
  EXPECT_FALSE(is_signed_with(forged, kKey));
  forged = genuine;
  forged.sig.clear();
  EXPECT_FALSE(is_signed_with(forged, kKey));
}

TEST(UserSig, RefusesWhatIsNone) {
  const std::string whole = kLevel6;
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_EQ(decode_user_sig(whole.substr(0, length)), std::nullopt) << length;
  }
  for (const char* text : {"", "x", "____", "AAAA", "AA+/", "not base64 !", "eJw=", "eJwDAAAAAAE_"}) {
    EXPECT_EQ(decode_user_sig(text), std::nullopt) << text;
  }
  EXPECT_EQ(decode_user_sig(std::string(1 << 20, 'A')), std::nullopt);
}

// What decode_user_sig would read if `json` had been signed.
std::string packed(const std::string& json) {
  uLongf length = compressBound(json.size());
  std::string bytes(length, '\0');
  compress(reinterpret_cast<Bytef*>(bytes.data()), &length, reinterpret_cast<const Bytef*>(json.data()), json.size());
  constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789*-";
  std::string text;
  for (std::size_t i = 0; i < length; i += 3) {
    unsigned group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8U | (i + k < length ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) text += i + k > length ? '_' : kAlphabet[group >> (18U - 6U * k) & 63U];
  }
  return text;
}

TEST(UserSig, RefusesJsonThatIsNone) {
  const std::string good =
      R"({"TLS.ver":"2.0","TLS.identifier":"a","TLS.sdkappid":1,"TLS.expire":2,"TLS.time":3,"TLS.sig":"s"})";
  ASSERT_TRUE(decode_user_sig(packed(good)));
  EXPECT_TRUE(decode_user_sig(packed(good + "\n")));
  for (const char* json :
       {"", "[]", "{}", "{\"TLS.ver\":\"2.0\"}",
        R"({"TLS.ver":"1.0","TLS.identifier":"a","TLS.sdkappid":1,"TLS.expire":2,"TLS.time":3,"TLS.sig":"s"})",
        R"({"TLS.ver":"2.0","TLS.identifier":1,"TLS.sdkappid":1,"TLS.expire":2,"TLS.time":3,"TLS.sig":"s"})",
        R"({"TLS.ver":"2.0","TLS.identifier":"a","TLS.sdkappid":-1,"TLS.expire":2,"TLS.time":3,"TLS.sig":"s"})",
        R"({"TLS.ver":"2.0","TLS.identifier":"a","TLS.sdkappid":1,"TLS.expire":2.5,"TLS.time":3,"TLS.sig":"s"})",
        R"({"TLS.ver":"2.0","TLS.identifier":"a","TLS.sdkappid":1,"TLS.expire":2,"TLS.time":3})"}) {
    EXPECT_EQ(decode_user_sig(packed(json)), std::nullopt) << json;
  }
}

TEST(UserSig, InflatesNoBombs) {
  EXPECT_EQ(decode_user_sig(packed("{\"a\":\"" + std::string(1 << 20, 'x') + "\"}")), std::nullopt);
}

}  // namespace
}  // namespace headroom
