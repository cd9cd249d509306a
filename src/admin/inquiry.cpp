#include "admin/inquiry.h"

#include <optional>
#include <string_view>

#include "admin/policy.h"
#include "admin/response.h"
#include "headroom/event.h"
#include "headroom/names.h"
#include "text/json_object.h"
#include "text/time_text.h"
#include "text/units.h"
#include "text/utf8.h"

namespace headroom::admin {
namespace {

constexpr const char* kSpeechless = "; silence proves nothing here (a mute, or a group that is marked silent)";

std::string_view word_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPasses:
      return "passes";
    case Verdict::kKeeps:
      return "keeps";
    case Verdict::kUnknown:
      return "unknown";
    case Verdict::kOff:
      return "off";
  }
  return "unknown";
}

// Chat's words for it; empty when it did not say.
std::string_view word_of(const std::optional<Presence>& presence) {
  if (presence == Presence::kOnline) return "Online";
  if (presence == Presence::kPushOnline) return "PushOnline";
  if (presence == Presence::kOffline) return "Offline";
  return "";
}

std::string seconds_text(const std::optional<std::int64_t>& seconds) {
  if (!seconds) return "not in Chat's answer";
  if (*seconds == 0) return "never";
  if (*seconds < 0 || *seconds > kMaxTimeMs / kSecondMs) return "no time: " + std::to_string(*seconds);
  return format_time(*seconds * kSecondMs);
}

std::string number_text(const std::optional<std::int64_t>& number) {
  return number ? std::to_string(*number) : "not in Chat's answer";
}

std::string role_text(const Member& member) {
  if (member.role == Role::kAbsent) return "role not in Chat's answer";
  return "role " + std::string(name_of(member.role));
}

std::string status_text(const std::optional<Presence>& presence) {
  if (!presence) return "status not asked for";
  return "status " + std::string(presence == Presence::kUnknown ? "not in Chat's answer" : word_of(presence));
}

std::string activity_text(const Inquiry& inquiry) {
  std::string text = role_text(inquiry.member) + ", joined " + seconds_text(inquiry.member.join_time_s) +
                     ", last message " + seconds_text(inquiry.member.last_sent_time_s);
  if (needs_reading(inquiry.policy, inquiry.speechless)) {
    text += ", read to message " + number_text(inquiry.member.msg_seq) + ", next message of the group " +
            number_text(inquiry.group.next_msg_seq);
  }
  if (inquiry.presence) text += ", " + status_text(inquiry.presence);
  return text;
}

std::string exemption_text(const Inquiry& inquiry) {
  const auto& exemption = inquiry.exemption;
  const bool matches = inquiry.policy.protect_accounts.match(inquiry.member.account);
  const std::string pattern = matches ? "policy.protect_accounts has a pattern for the account" : "";
  if (!exemption) return matches ? pattern : "the account is not exempt";
  std::string text = "the account is exempt";
  if (exemption->expires_at) text += " until " + format_time(*exemption->expires_at);
  if (!exemption->reason.empty()) text += ": " + exemption->reason;
  return matches ? text + "; " + pattern : text;
}

std::string joining_text(const Inquiry& inquiry) {
  const DurationMs grace = inquiry.policy.newcomer_grace;
  const TimeMs now = inquiry.evidence.judged_at.value_or(inquiry.observed_at);
  const auto& restored = inquiry.restored_at;
  const std::string since = restored && now < *restored + grace ? "restored " + format_time(*restored)
                                                                : "joined " + seconds_text(inquiry.member.join_time_s);
  return since + ", newcomer_grace " + format_duration(grace);
}

std::string reading_text(const Inquiry& inquiry) {
  std::string seen;
  if (inquiry.reader_until && inquiry.evidence.moved_at) {
    seen = "seen reading on " + format_time(*inquiry.evidence.moved_at) +
           " (its MsgSeq had moved), which protects until " + format_time(*inquiry.reader_until) + "; ";
  }
  return seen + "read to message " + number_text(inquiry.member.msg_seq) + ", next message of the group " +
         number_text(inquiry.group.next_msg_seq) + ", the group's last message " +
         seconds_text(inquiry.group.last_msg_time_s) + ", reader_backlog " +
         std::to_string(inquiry.policy.reader_backlog) + ", inactive_for " +
         format_duration(inquiry.policy.inactive_for) + (inquiry.speechless ? kSpeechless : "");
}

std::string wanted_looks_text(const Inquiry& inquiry) {
  const bool is_asked = inquiry.policy.second_look > 0;
  if (is_asked || !inquiry.speechless) return ", second_look " + format_duration(inquiry.policy.second_look);
  return ", two looks " + format_duration(apart(inquiry.policy)) + " apart" + kSpeechless;
}

std::string second_look_text(const Inquiry& inquiry) {
  const std::string wanted = wanted_looks_text(inquiry);
  const MemberEvidence& evidence = inquiry.evidence;
  if (!evidence.first_seen_at) return "no earlier look has seen this MsgSeq" + wanted;
  std::string text = "seen on " + format_time(*evidence.first_seen_at);
  if (evidence.seen_again_at) text += ", again on " + format_time(*evidence.seen_again_at);
  text += " with the same MsgSeq" + wanted;
  if (group_type(inquiry.group.type) != GroupType::kChatRoom) return text;
  return text + "; of a chat room both looks have to see the member offline: the first " +
         (evidence.first_offline ? "did" : "did not") + ", now " + status_text(inquiry.presence);
}

// What the rule went by, in a sentence for a person.
std::string detail_of(const RuleVerdict& word, const Inquiry& inquiry) {
  const bool keeps = word.verdict == Verdict::kKeeps;
  const Member& member = inquiry.member;
  const Policy& policy = inquiry.policy;
  switch (word.rule) {
    case Why::kExempt:
      return exemption_text(inquiry);
    case Why::kService:
      return keeps ? "the account of chat.admin_identifier, or a robot of Chat's"
                   : "neither the account of chat.admin_identifier nor a robot of Chat's";
    case Why::kOwner:
    case Why::kAdmin:
      return role_text(member);
    case Why::kUnknownActivity:
      return activity_text(inquiry);
    case Why::kReturned:
      if (!inquiry.returned_at) return "the member did not come back by itself after a removal by headroom";
      return "headroom removed the member from this group once, and it came back by itself: seen " +
             format_time(*inquiry.returned_at) + ", protected for twice inactive_for, " +
             format_duration(policy.inactive_for);
    case Why::kNewcomer:
      return joining_text(inquiry);
    case Why::kActive:
      return "joined " + seconds_text(member.join_time_s) + ", last message " + seconds_text(member.last_sent_time_s) +
             ", inactive_for " + format_duration(policy.inactive_for);
    case Why::kReader:
      return reading_text(inquiry);
    case Why::kOnline:
      if (word.verdict == Verdict::kOff) return "protect_online false";
      return status_text(inquiry.presence) + (policy.protect_online ? "" : kSpeechless);
    case Why::kSecondLook:
      return second_look_text(inquiry);
    case Why::kInactive:
    case Why::kOverLimit:
    case Why::kNotNeeded:
      break;  // no rules
  }
  return "";
}

}  // namespace

void get_member(AdminContext& context, const AdminCall& call, const Respond& respond) {
  const std::string& group_id = call.arguments.at(0);
  const std::string& account = call.arguments.at(1);
  if (!is_valid_subject(group_id) || !is_valid_subject(account)) {
    return respond(problem(404, "there is no such group or member"));
  }
  const SchedulerMode mode = context.control.status().mode;
  context.control.inquire({group_id, account}, [respond, mode](const Result<Inquiry>& result) {
    const auto* inquiry = std::get_if<Inquiry>(&result);
    respond(inquiry != nullptr ? json_response(200, inquiry_json(*inquiry, mode)) : problem(std::get<Denied>(result)));
  });
}

std::string inquiry_json(const Inquiry& inquiry, SchedulerMode mode) {
  JsonObject writer;
  writer.text("group_id", inquiry.group.group_id);
  writer.text("account", inquiry.member.account);
  writer.flag("removable", inquiry.removable());
  writer.text("why", name_of(inquiry.why()));
  writer.flag("exempt", inquiry.exemption.has_value());
  writer.time("removable_from", inquiry.removable_from);
  writer.begin_list("obstacles");
  for (const Reason& obstacle : inquiry.obstacles) writer.item(name_of(obstacle));
  writer.end_list();
  writer.begin_list("rules");
  for (const RuleVerdict& word : inquiry.verdicts) {
    writer.begin_item();
    writer.text("rule", name_of(word.rule));
    writer.text("verdict", word_of(word.verdict));
    writer.text("detail", detail_of(word, inquiry));
    writer.end_object();
  }
  writer.end_list();
  writer.text_or_null("role", inquiry.member.role == Role::kAbsent ? "" : name_of(inquiry.member.role));
  writer.seconds("joined_at", inquiry.member.join_time_s);
  writer.seconds("last_sent_at", inquiry.member.last_sent_time_s);
  writer.text_or_null("presence", word_of(inquiry.presence));
  writer.time("first_seen_at", inquiry.evidence.first_seen_at);
  writer.time("seen_again_at", inquiry.evidence.seen_again_at);
  writer.time("seen_reading_at", inquiry.evidence.moved_at);
  writer.time("reader_until", inquiry.reader_until);
  writer.time("observed_at", inquiry.observed_at);
  writer.text("mode", name_of(mode));
  writer.begin_object("group");
  writer.text_or_null("type", inquiry.group.type);
  writer.text_or_null("name", inquiry.group.name);
  writer.number("member_count", inquiry.group.member_num);
  writer.number("max_member_count", inquiry.group.max_member_num);
  writer.end_object();
  return writer.finish();
}

}  // namespace headroom::admin
