// All runs, or those that match.

import { h, own } from "./dom.js";
import { at } from "./format.js";
import { dayEnd, dayStart } from "./filters.js";
import { t, word } from "./i18n.js";
import { listView } from "./list.js";
import { pill, result, runLink, to } from "./parts.js";

export const kRunStates = [
  "running",
  "awaiting_approval",
  "planned",
  "succeeded",
  "partial",
  "failed",
  "nothing_to_do",
  "rejected",
  "expired",
];

export const runColumns = [
  { label: "run", show: (run) => runLink(run.id) },
  { label: "group", show: (run) => h("a", { href: to("groups", run.group_id) }, own(run.group_id)) },
  { label: "state", show: (run) => pill("run_state", run.state) },
  { label: "result", show: result },
  { label: "trigger", show: (run) => t("trigger.mode", { trigger: word("trigger", run.trigger), mode: word("run_mode", run.mode) }) },
  { label: "begun", show: (run) => at(run.created_at) },
];

export const runsView = (page) =>
  listView(page, {
    path: "runs",
    columns: runColumns,
    fields: [
      { name: "state", kind: "run_state", options: kRunStates },
      "group_id",
      { name: "since", day: true },
      { name: "until", day: true },
    ],
    query: ({ state, group_id, since, until }) => ({ state, group_id, since: dayStart(since), until: dayEnd(until) }),
  });
