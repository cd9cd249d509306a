// All groups, or those that match.

import { since } from "./format.js";
import { filterBar, readFilters } from "./filters.js";
import { t } from "./i18n.js";
import { groupLink, heading, runLink, seats, stateOf } from "./parts.js";
import { count, pagedTable } from "./table.js";

export const kGroupStates = ["full", "pruning", "has_room", "blocked", "gone"];
export const kBlockReasons = ["nobody_removable", "exempt", "unsupported_type", "too_small", "no_permission", "daily_limit", "implausible_data"];
const kSorts = ["oldest", "fullest", "most_refused"];

export const groupColumns = [
  { label: "group", show: groupLink },
  { label: "state", show: (group) => stateOf("state", group) },
  { label: "seats.label", show: seats },
  { label: "full_since", show: (group) => since(group.full_since) },
  { label: "refusals", kind: "number", show: (group) => count(group.full_events) },
  { label: "next_check", show: (group) => since(group.next_check_at) },
  { label: "last_run", show: (group) => (group.last_run_id ? runLink(group.last_run_id) : t("none")) },
];

const filterQuery = ({ search, state, reason, sort, stale }) => ({ search, state, reason, sort, stale: stale === "true" ? "true" : undefined });

export function groupsView(page) {
  let query = filterQuery(readFilters());
  const list = pagedTable(page, {
    caption: () => t("nav.groups"), path: () => "groups", query: () => query, columns: groupColumns, key: (group) => group.group_id,
    empty: () => t("groups.none"),
  });
  const bar = filterBar(["search", { name: "state", kind: "state", options: kGroupStates }, { name: "reason", kind: "reason", options: kBlockReasons },
    { name: "sort", kind: "sort", options: kSorts }, { name: "stale", tick: true }], (values) => {
    query = filterQuery(values);
    list.reload();
  });
  return [heading(t("nav.groups")), bar.root, list.root];
}
