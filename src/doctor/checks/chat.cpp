// clock, dns, tls, chat, usersig, permissions: the way to Chat, and what it says there.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "doctor/checks/checks.h"
#include "headroom/reasons.h"
#include "text/time_text.h"
#include "text/units.h"

namespace headroom::doctor {
namespace {

constexpr DurationMs kMostSkew = 2 * kMinuteMs;
constexpr DurationMs kExpiresSoon = 14 * kDayMs;
constexpr std::size_t kMostAddressesShown = 4;

// What Chat says of the account that calls, and not of the app.
constexpr std::array kOfTheAccount = {60010, 70051, 70403, 90009, 10026};

bool is_of_the_account(int code) { return std::ranges::find(kOfTheAccount, code) != kOfTheAccount.end(); }

std::string wrong_with_chat(const Examination& examination) { return what_is_wrong_with(examination.result, "chat."); }

std::string in_words(const ChatAnswer& answer) {
  const CodeWords words = words_of(answer.code);
  return "Chat says " + std::to_string(answer.code) + (words.what.empty() ? "" : ": " + std::string(words.what));
}

std::string remedy_for(const ChatAnswer& answer) {
  const CodeWords words = words_of(answer.code);
  return words.hint.empty() ? "look the code up in Chat's list of error codes" : std::string(words.hint);
}

std::string what_is_apart(DurationMs chat_minus_ours) {
  const DurationMs seconds = std::abs(chat_minus_ours) / kSecondMs;
  return format_duration(seconds * kSecondMs) + (chat_minus_ours > 0 ? " behind" : " ahead of") + " Chat's";
}

bool refuses_app(const ChatAnswer& answer) {
  return answer.is_signed && answer.outcome == ChatOutcome::kOperatorNeeded && !is_of_the_account(answer.code);
}

}  // namespace

Finding check_clock(Examination& examination) {
  if (const std::string wrong = wrong_with_chat(examination); !wrong.empty()) return skipped(wrong);
  const ChatAnswer& answer = examination.chat.first();
  const auto offset = examination.chat.clock_offset();
  if (!offset) {
    return skipped(
        "no time to compare with: " + (answer.answered() ? std::string("Chat's answer has no Date") : answer.cause),
        "see chat; `timedatectl` says whether this machine asks a time server");
  }
  const std::string apart = "this machine's clock is " + what_is_apart(*offset);
  const std::string remedy = "`timedatectl`, `chronyc tracking`: let a time server set it (package chrony)";
  if (std::abs(*offset) > kMostSkew) return failed(apart, remedy);
  const DurationMs window = examination.config().webhook.request_time_window;
  if (window > 0 && std::abs(*offset) > window / 2) {
    return warning(apart + ", and webhook.request_time_window is " + format_duration(window), remedy);
  }
  return ok("agrees with Chat's within " + format_duration((std::abs(*offset) / kSecondMs + 1) * kSecondMs));
}

Finding check_dns(Examination& examination) {
  if (const std::string wrong = wrong_with_chat(examination); !wrong.empty()) return skipped(wrong);
  ChatProbe& chat = examination.chat;
  if (chat.is_local()) return skipped(chat.host() + " is a loopback address");
  const Resolution& resolution = chat.resolution();
  if (!resolution.error.empty()) {
    return failed(chat.host() + ": " + resolution.error,
                  "see /etc/resolv.conf, and whether this machine may ask a name server; is chat.region right?");
  }
  std::string all;
  for (std::size_t i = 0; i < std::min(resolution.addresses.size(), kMostAddressesShown); ++i) {
    all += (i == 0 ? "" : ", ") + resolution.addresses[i];
  }
  return ok(chat.host() + " is " + all);
}

Finding check_tls(Examination& examination) {
  if (const std::string wrong = wrong_with_chat(examination); !wrong.empty()) return skipped(wrong);
  ChatProbe& chat = examination.chat;
  if (chat.is_local()) return skipped(chat.host() + " is a loopback address");
  if (!chat.resolution().error.empty()) return skipped("could not resolve " + chat.host(), "see dns");
  const Surroundings& surroundings = examination.surroundings;
  const TlsLook look = surroundings.look_at_tls(chat.base_url(), examination.time.of(kMostTls));
  if (!look.connected) return skipped(chat.host() + ": " + look.error, "see chat");
  if (!look.error.empty()) {
    return failed(chat.host() + ": " + look.error,
                  "install ca-certificates; if something between here and Chat opens TLS, exempt this host there");
  }
  if (!look.expires_at) return ok("the certificate of " + chat.host() + " is trusted");
  const std::string until = "the certificate of " + chat.host() + " is good until " + format_time(*look.expires_at);
  if (*look.expires_at - surroundings.clock.now() < kExpiresSoon) {
    return warning(until, "it is renewed by whom it belongs to; without that, calls fail from then on");
  }
  return ok(until);
}

Finding check_chat(Examination& examination) {
  if (const std::string wrong = wrong_with_chat(examination); !wrong.empty()) return skipped(wrong);
  ChatProbe& chat = examination.chat;
  const ChatAnswer& answer = chat.first();
  switch (answer.contact) {
    case ChatContact::kAnswered:
      break;
    case ChatContact::kNotChat:
      return failed(chat.host() + ": something answers that is not Chat (" + answer.cause + ")",
                    "check chat.base_url and chat.region; a proxy or a captive portal may stand in between");
    case ChatContact::kNothingSent:
    case ChatContact::kNoAnswer:
    case ChatContact::kInterrupted:
      return failed(chat.host() + " does not answer: " + answer.cause,
                    "see dns and tls; a firewall has to let port 443 out");
  }
  if (refuses_app(answer)) return failed(in_words(answer), remedy_for(answer));
  if (answer.outcome == ChatOutcome::kThrottled) {
    return warning(in_words(answer), remedy_for(answer));
  }
  if (answer.outcome == ChatOutcome::kOutcomeUnknown && answer.is_signed) {
    return warning(answer.code != 0 ? in_words(answer) : "Chat's answer can not be read: " + answer.cause,
                   "nothing, unless it stays so");
  }
  return ok(chat.host() + " answers in " + format_duration(static_cast<DurationMs>(answer.seconds * 1000)));
}

namespace {

// What keeps a signed question from being asked or answered; empty: nothing.
std::string no_signed_answer(Examination& examination) {
  if (const std::string wrong = wrong_with_chat(examination); !wrong.empty()) return wrong;
  if (!examination.config().chat.secret_key) return "there is no chat-secret-key to sign with (see secrets)";
  const ChatAnswer& answer = examination.chat.first();
  if (!answer.answered()) return "Chat does not answer (see chat)";
  if (refuses_app(answer)) return "Chat refuses the app (see chat)";
  return {};
}

}  // namespace

Finding check_usersig(Examination& examination) {
  if (const std::string why = no_signed_answer(examination); !why.empty()) return skipped(why);
  const ChatAnswer& answer = examination.chat.first();
  const std::string& account = examination.config().chat.admin_identifier;
  if (answer.outcome == ChatOutcome::kCredentialsRejected) {
    const auto offset = examination.chat.clock_offset();
    if (offset && std::abs(*offset) > kMostSkew) {
      return failed(in_words(answer) + ", and the clocks are apart", "set the clock right first (see clock)");
    }
    return failed(in_words(answer), remedy_for(answer));
  }
  if (answer.outcome == ChatOutcome::kThrottled || answer.outcome == ChatOutcome::kOutcomeUnknown) {
    return skipped("Chat did not get as far as the signature (see chat)", "try again");
  }
  return ok("Chat takes the signature of " + account);
}

Finding check_permissions(Examination& examination) {
  if (const std::string why = no_signed_answer(examination); !why.empty()) return skipped(why);
  const ChatAnswer& first = examination.chat.first();
  const std::string& account = examination.config().chat.admin_identifier;
  if (first.outcome == ChatOutcome::kCredentialsRejected) return skipped("Chat refuses the signature (see usersig)");
  if (first.outcome != ChatOutcome::kDone && is_of_the_account(first.code)) {
    return failed(account + ": " + in_words(first), remedy_for(first));
  }
  Findings findings;
  const auto take = [&](const char* api, const ChatAnswer& answer) {
    if (answer.outcome == ChatOutcome::kDone) return;
    const std::string detail = std::string(api) + ": " + (answer.code != 0 ? in_words(answer) : answer.cause);
    const bool refused = answer.outcome == ChatOutcome::kRefused || answer.outcome == ChatOutcome::kOperatorNeeded;
    // The daemon's own sweep may have used up the second.
    if (refused) findings.add(failed(detail, remedy_for(answer)));
    if (!refused) findings.add(skipped(detail, "try again"));
  };
  take("get_appid_group_list", examination.chat.list_groups());
  if (examination.config().policy.protect_online) take("query_online_status", examination.chat.online_status());
  return findings.take(account + " may read groups" +
                       (examination.config().policy.protect_online ? " and the online status" : "") +
                       "; whether it may remove is not tried");
}

}  // namespace headroom::doctor
