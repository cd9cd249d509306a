#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "headroom/growth.h"
#include "stored/growth_points.h"

namespace headroom::stored {

// The columns of read_growth().
inline const std::string kGrowthColumns =
    "id, group_id, type, name, seen_at, points, full_on, soonest, latest, members_per_week";

template <typename Row>
Growth read_growth(Row& row) {
  Growth growth;
  growth.id = row.integer();
  growth.group_id = row.text();
  growth.type = row.text();
  growth.name = row.text();
  growth.seen_at = row.integer();
  growth.points = unpacked(row.bytes());
  if (const auto full_on = row.optional_integer()) {
    const Day soonest = row.integer();
    const std::optional<Day> latest = row.optional_integer();
    growth.forecast = Forecast{*full_on, soonest, latest, row.integer()};
  }
  return growth;
}

// type, …, members_per_week.
template <typename Query>
void bind_growth(Query& query, const Growth& growth) {
  const auto of_forecast = [&](auto field) -> std::optional<std::int64_t> {
    return growth.forecast ? std::optional<std::int64_t>((*growth.forecast).*field) : std::nullopt;
  };
  query.bind(growth.type, growth.name, growth.seen_at).bind_bytes(packed(growth.points));
  query.bind(of_forecast(&Forecast::full_on), of_forecast(&Forecast::soonest),
             growth.forecast ? growth.forecast->latest : std::nullopt, of_forecast(&Forecast::members_per_week));
}

}  // namespace headroom::stored
