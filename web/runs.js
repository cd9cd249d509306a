// All runs, or those that match.

import { at } from "./format.js";
import { dayEnd, dayStart, filterBar, readFilters } from "./filters.js";
import { h, own } from "./dom.js";
import { t, word } from "./i18n.js";
import { heading, pill, result, runLink, to } from "./parts.js";
import { pagedTable } from "./table.js";

export const kRunStates = ["running", "awaiting_approval", "planned", "succeeded", "partial", "failed", "nothing_to_do", "rejected", "expired"];

export const runColumns = [
  { label: "run", show: (run) => runLink(run.id) },
  { label: "group", show: (run) => h("a", { href: to("groups", run.group_id), "data-focus": `group ${run.group_id} ${run.id}` }, own(run.group_id)) },
  { label: "state", show: (run) => pill("run_state", run.state) },
  { label: "result", show: result },
  { label: "trigger", show: (run) => t("trigger.mode", { trigger: word("trigger", run.trigger), mode: word("run_mode", run.mode) }) },
  { label: "begun", show: (run) => at(run.created_at) },
];

const filterQuery = ({ state, group_id, since, until }) => ({ state, group_id: group_id || undefined, since: dayStart(since), until: dayEnd(until) });

export function runsView(page) {
  let query = filterQuery(readFilters());
  const list = pagedTable(page, {
    caption: () => t("nav.runs"), path: () => "runs", query: () => query, columns: runColumns, key: (run) => run.id, empty: () => t("runs.none"),
  });
  const bar = filterBar([{ name: "state", kind: "run_state", options: kRunStates }, "group_id", { name: "since", day: true }, { name: "until", day: true }], (values) => {
    query = filterQuery(values);
    list.reload();
  });
  return [heading(t("nav.runs")), bar.root, list.root];
}
