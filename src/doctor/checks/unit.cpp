// unit: what systemd says of the service.
#include "doctor/checks/checks.h"

namespace headroom::doctor {
namespace {

constexpr std::string_view kFolder = "/etc/headroom/";
constexpr std::string_view kEnd = ".conf";

// headroomd@NAME.service reads /etc/headroom/NAME.conf. Empty: no unit of ours reads that file.
std::string unit_of(const std::string& config_file) {
  if (config_file == kDefaultConfigFile) return "headroomd.service";
  if (!config_file.starts_with(kFolder) || !config_file.ends_with(kEnd)) return {};
  const std::string name = config_file.substr(kFolder.size(), config_file.size() - kFolder.size() - kEnd.size());
  if (name.empty() || name.find('/') != std::string::npos) return {};
  return "headroomd@" + name + ".service";
}

std::string look_into(const std::string& unit) { return "journalctl -u " + unit + " -n 20"; }

void look_at_state(const std::string& unit, const UnitFacts& facts, Findings& findings) {
  const std::string state = unit + ": " + facts.active_state + " (" + facts.sub_state + ")";
  if (facts.active_state == "failed") {
    findings.add(failed(state + ", " + facts.result + ", status " + std::to_string(facts.main_status),
                        look_into(unit) + "; docs/operations.md, First look"));
  } else if (facts.sub_state == "auto-restart") {
    findings.add(
        failed(state + ": it ends and is started again, status " + std::to_string(facts.main_status), look_into(unit)));
  } else if (facts.active_state == "activating") {
    findings.add(warning(state, "a migration takes its time: journalctl -fu " + unit));
  } else if (facts.active_state != "active" && facts.active_state != "reloading") {
    findings.add(warning(state, "systemctl start " + unit));
  } else if (facts.restarts > 0) {
    findings.add(warning(unit + ": was started again " + std::to_string(facts.restarts) + " times after a failure",
                         look_into(unit)));
  }
}

}  // namespace

Finding check_unit(Examination& examination) {
  const std::string unit = unit_of(examination.result.config.sources.file);
  if (unit.empty()) return skipped("no unit of headroom reads " + examination.result.config.sources.file);
  const UnitFacts facts = examination.surroundings.ask_systemd(unit, examination.time.of(kMostUnit));
  if (!facts.systemd) return skipped("this machine runs without systemd");
  if (!facts.error.empty()) return skipped("systemd does not answer: " + facts.error, "run it as root");
  if (facts.load_state == "not-found") return skipped(unit + " is not installed");
  if (facts.load_state == "masked") return failed(unit + " is masked", "systemctl unmask " + unit);
  if (facts.load_state != "loaded") {
    return failed(unit + " can not be loaded: " + facts.load_state, "systemd-analyze verify " + unit);
  }
  Findings findings;
  look_at_state(unit, facts, findings);
  if (facts.file_state == "disabled") {
    findings.add(warning(unit + " is not started at the next boot", "systemctl enable " + unit));
  }
  if (facts.needs_daemon_reload) {
    findings.add(warning("the unit's files have changed since systemd read them", "systemctl daemon-reload"));
  }
  return findings.take(unit + ": " + facts.active_state + ", " + facts.file_state);
}

}  // namespace headroom::doctor
