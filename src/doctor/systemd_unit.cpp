#include "doctor/systemd_unit.h"

#include <systemd/sd-bus.h>
#include <systemd/sd-daemon.h>

#include <cstdlib>
#include <memory>
#include <system_error>

namespace headroom::doctor {
namespace {

constexpr const char* kName = "org.freedesktop.systemd1";
constexpr const char* kUnit = "org.freedesktop.systemd1.Unit";
constexpr const char* kService = "org.freedesktop.systemd1.Service";

struct Free {
  void operator()(sd_bus* bus) const { sd_bus_flush_close_unref(bus); }
  void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
  void operator()(char* text) const { std::free(text); }
};
using Bus = std::unique_ptr<sd_bus, Free>;

std::string words_of(int negative_errno) { return std::generic_category().message(-negative_errno); }

// systemd's own socket serves root where there is no bus.
Bus open_bus(std::string& error) {
  sd_bus* bus = nullptr;
  int code = sd_bus_open_system(&bus);
  if (code < 0 && (code = sd_bus_new(&bus)) >= 0) {
    Bus direct(bus);
    code = sd_bus_set_address(bus, "unix:path=/run/systemd/private");
    if (code >= 0) code = sd_bus_start(bus);
    if (code >= 0) return direct;
    bus = nullptr;
  }
  if (code < 0) error = words_of(code);
  return Bus(bus);
}

class Unit {
 public:
  Unit(sd_bus* bus, const std::string& name) : bus_(bus) {
    sd_bus_message* reply = nullptr;
    code_ = sd_bus_call_method(bus, kName, "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager", "LoadUnit",
                               nullptr, &reply, "s", name.c_str());
    const std::unique_ptr<sd_bus_message, Free> owned(reply);
    const char* path = nullptr;
    if (code_ >= 0) code_ = sd_bus_message_read(reply, "o", &path);
    if (code_ >= 0) path_ = path;
  }
  std::string error() const { return code_ < 0 ? words_of(code_) : std::string(); }

  std::string text(const char* interface, const char* property) {
    char* value = nullptr;
    if (path_.empty() ||
        sd_bus_get_property_string(bus_, kName, path_.c_str(), interface, property, nullptr, &value) < 0) {
      return {};
    }
    const std::unique_ptr<char, Free> owned(value);
    return value;
  }
  template <typename Number>
  Number number(const char* interface, const char* property, char type) {
    Number value = 0;
    if (!path_.empty()) {
      sd_bus_get_property_trivial(bus_, kName, path_.c_str(), interface, property, nullptr, type, &value);
    }
    return value;
  }

 private:
  sd_bus* const bus_;
  int code_ = 0;
  std::string path_;
};

}  // namespace

UnitFacts ask_systemd(const std::string& unit_name, DurationMs most) {
  UnitFacts facts;
  facts.systemd = sd_booted() > 0;
  if (!facts.systemd) return facts;
  const Bus bus = open_bus(facts.error);
  if (!bus) return facts;
  sd_bus_set_method_call_timeout(bus.get(), static_cast<std::uint64_t>(most) * 1000);
  Unit unit(bus.get(), unit_name);
  facts.error = unit.error();
  facts.load_state = unit.text(kUnit, "LoadState");
  facts.active_state = unit.text(kUnit, "ActiveState");
  facts.sub_state = unit.text(kUnit, "SubState");
  facts.file_state = unit.text(kUnit, "UnitFileState");
  facts.result = unit.text(kService, "Result");
  facts.needs_daemon_reload = unit.number<int>(kUnit, "NeedDaemonReload", 'b') != 0;
  facts.main_status = unit.number<std::int32_t>(kService, "ExecMainStatus", 'i');
  facts.restarts = unit.number<std::uint32_t>(kService, "NRestarts", 'u');
  return facts;
}

}  // namespace headroom::doctor
