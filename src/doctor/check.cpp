#include "doctor/check.h"

#include <algorithm>

namespace headroom::doctor {
namespace {

void append(std::string& all, const std::string& text) {
  if (text.empty() || all.find(text) != std::string::npos) return;
  all += (all.empty() ? "" : "; ") + text;
}

}  // namespace

void Findings::add(const Finding& finding) {
  any_ = true;
  all_.status = std::max(all_.status, finding.status);
  append(all_.detail, finding.detail);
  append(all_.remedy, finding.remedy);
}

Finding Findings::take(std::string fine) const { return any_ ? all_ : ok(std::move(fine)); }

}  // namespace headroom::doctor
