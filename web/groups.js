// All groups, or those that match.

import { since } from "./format.js";
import { t } from "./i18n.js";
import { listView } from "./list.js";
import { groupLink, runLink, seats, stateOf } from "./parts.js";
import { count } from "./table.js";

export const kGroupStates = ["full", "pruning", "has_room", "blocked", "gone"];
export const kBlockReasons = [
  "nobody_removable",
  "exempt",
  "unsupported_type",
  "out_of_scope",
  "too_small",
  "no_permission",
  "daily_limit",
  "implausible_data",
];
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

export const groupsView = (page) =>
  listView(page, {
    path: "groups",
    columns: groupColumns,
    fields: [
      "search",
      { name: "state", kind: "state", options: kGroupStates },
      { name: "reason", kind: "reason", options: kBlockReasons },
      { name: "sort", kind: "sort", options: kSorts },
      { name: "stale", tick: true },
    ],
    query: ({ search, state, reason, sort, stale }) => ({ search, state, reason, sort, stale: stale === "true" ? stale : "" }),
  });
