#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace chatsim {

enum class FaultKind {
  // What happens to the change itself.
  kError,               // `code`, nothing applied
  kErrorAfterApplying,  // applied, then `code`
  kErrorAfterPrefix,    // the first `count` accounts applied, then `code`
  kOkWithoutApplying,   // calls that change something say OK and do nothing
  // What happens on the wire.
  kResetBefore,
  kResetAfter,
  kResetAfterPrefix,  // the first `count` accounts applied, then RST
  kStallBefore,       // waits `ms`, then applies and answers
  kStallAfter,        // applies, waits `ms`, then answers
  kBadGateway,        // status 502, nothing applied
  kBadGatewayAfter,   // applied, then status 502
  kTruncatedJson,     // applied; half of the body with a Content-Length that fits it
  kTruncatedBody,     // applied; half of the body, then the connection is closed
  kDateSkew,          // the Date header is `ms` ahead
  // What happens to the answer's content.
  kGroupError,       // get_group_info: the element carries `code` instead of the group
  kMissingTopField,  // `field` is left out of the answer (ErrorInfo, MemberNum, Next …)
  kMissingField,     // `field` is left out of `percent` of the rows
  kSetField,         // `field` becomes the JSON text `value` in `percent` of the rows
  kExtraFields,      // fields that no document knows, everywhere
  kMissingRows,      // rows of `accounts`, or the first `count`, or `percent` of them, are left out
};

// A scripted misbehaviour; built by its named constructors: `Fault::error(10002).times(3).in_group("g")`.
struct Fault {
  FaultKind kind = FaultKind::kError;
  int code = 0;
  std::size_t count = 0;
  std::int64_t ms = 0;
  int percent = 100;
  std::string field;
  std::string value;
  std::vector<std::string> accounts;
  std::string group_id;  // empty: any call
  int remaining = 1;     // calls; kForEver = no end

  static constexpr int kForEver = -1;

  static Fault of(FaultKind kind) {
    Fault fault;
    fault.kind = kind;
    return fault;
  }
  static Fault error(int code) { return of(FaultKind::kError).with_code(code); }
  static Fault error_after_applying(int code) { return of(FaultKind::kErrorAfterApplying).with_code(code); }
  static Fault error_after_prefix(std::size_t count, int code = 10002) {
    return of(FaultKind::kErrorAfterPrefix).with_code(code).with_count(count);
  }
  static Fault ok_without_applying() { return of(FaultKind::kOkWithoutApplying); }
  static Fault reset_before() { return of(FaultKind::kResetBefore); }
  static Fault reset_after() { return of(FaultKind::kResetAfter); }
  static Fault reset_after_prefix(std::size_t count) { return of(FaultKind::kResetAfterPrefix).with_count(count); }
  static Fault stall_before(std::int64_t ms) { return of(FaultKind::kStallBefore).with_ms(ms); }
  static Fault stall_after(std::int64_t ms) { return of(FaultKind::kStallAfter).with_ms(ms); }
  static Fault bad_gateway() { return of(FaultKind::kBadGateway); }
  static Fault bad_gateway_after() { return of(FaultKind::kBadGatewayAfter); }
  static Fault truncated_json() { return of(FaultKind::kTruncatedJson); }
  static Fault truncated_body() { return of(FaultKind::kTruncatedBody); }
  static Fault date_skew(std::int64_t ms) { return of(FaultKind::kDateSkew).with_ms(ms); }
  static Fault group_error(int code) { return of(FaultKind::kGroupError).with_code(code); }
  static Fault missing_top_field(std::string name) {
    return of(FaultKind::kMissingTopField).with_field(std::move(name));
  }
  static Fault drop_error_info() { return missing_top_field("ErrorInfo"); }
  static Fault missing_field(std::string name, int percent = 100) {
    return of(FaultKind::kMissingField).with_field(std::move(name)).with_percent(percent);
  }
  static Fault set_field(std::string name, std::string json, int percent = 100) {
    Fault fault = of(FaultKind::kSetField).with_field(std::move(name)).with_percent(percent);
    fault.value = std::move(json);
    return fault;
  }
  static Fault extra_fields() { return of(FaultKind::kExtraFields); }
  static Fault missing_rows(std::size_t count) { return of(FaultKind::kMissingRows).with_count(count).with_percent(0); }
  static Fault missing_share(int percent) { return of(FaultKind::kMissingRows).with_percent(percent); }
  static Fault missing_accounts(std::vector<std::string> names) {
    Fault fault = of(FaultKind::kMissingRows).with_percent(0);
    fault.accounts = std::move(names);
    return fault;
  }

  Fault times(int calls) const {
    Fault out = *this;
    out.remaining = calls;
    return out;
  }
  Fault for_ever() const { return times(kForEver); }
  Fault in_group(std::string id) const {
    Fault out = *this;
    out.group_id = std::move(id);
    return out;
  }

 private:
  Fault with_code(int given) && {
    code = given;
    return *this;
  }
  Fault with_count(std::size_t given) && {
    count = given;
    return *this;
  }
  Fault with_ms(std::int64_t given) && {
    ms = given;
    return *this;
  }
  Fault with_percent(int given) && {
    percent = given;
    return *this;
  }
  Fault with_field(std::string given) && {
    field = std::move(given);
    return *this;
  }
};

}  // namespace chatsim
