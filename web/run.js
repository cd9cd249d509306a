// One run: what it decided about whom and why, and what came of it.

import { facts } from "./act.js";
import { get, path } from "./api.js";
import { actButton, approve, canBeRestored, reject, restore } from "./changes.js";
import { approvalPatience, waits } from "./decisions.js";
import { h, own, replace, trouble } from "./dom.js";
import { at, silence } from "./format.js";
import { filterBar, readFilters } from "./filters.js";
import { has, t, word } from "./i18n.js";
import { watch } from "./live.js";
import { heading, memberLink, pill, result, section, to, whyItWaits } from "./parts.js";
import { count, pagedTable } from "./table.js";

const kWhys = [
  "inactive",
  "exempt",
  "service",
  "owner",
  "admin",
  "unknown_activity",
  "returned",
  "newcomer",
  "active",
  "reader",
  "online",
  "second_look",
  "over_limit",
  "not_needed",
];
const kOutcomes = [
  "removed",
  "still_member",
  "left",
  "became_protected",
  "error",
  "unknown",
  "restored",
  "already_member",
  "pending",
  "failed",
  "no_room",
];

function policyList(policy) {
  return h(
    "details",
    h("summary", t("run.policy")),
    h(
      "dl.facts.code",
      Object.entries(policy).map(([key, value]) => h("div", h("dt", h("code", key)), h("dd", String(value)))),
    ),
  );
}

function keptList(kept) {
  const rows = Object.entries(kept).sort((a, b) => b[1] - a[1]);
  if (rows.length === 0) return null;
  return h(
    "p",
    t("run.kept"),
    ": ",
    rows.map(([why, n], i) => [i === 0 ? "" : " · ", word("why", why), " ", h("strong", count(n))]),
  );
}

function buttons(run, patience) {
  return h(
    "div.buttons",
    waits(run, patience)
      ? [
          run.state === "awaiting_approval" ? actButton("reject", () => reject(run)) : null,
          actButton("approve", () => approve(run), "danger"),
        ]
      : null,
    canBeRestored(run) ? actButton("restore", () => restore(run)) : null,
  );
}

function head(run, patience) {
  const explained = has(`todo.${run.reason}`) ? t(`todo.${run.reason}`) : null;
  return [
    heading(t("run.n", { id: String(run.id) }), pill("run_state", run.state), buttons(run, patience)),
    h(
      "p.lead",
      result(run),
      run.reason && result(run) !== word("reason", run.reason) ? [": ", word("reason", run.reason)] : null,
      run.limited_by ? [". ", t("limited", { by: word("limited_by", run.limited_by) })] : null,
    ),
    whyItWaits(run),
    explained ? h("p.quiet", explained) : null,
    facts([
      ["group", h("a", { href: to("groups", run.group_id) }, own(run.group_id))],
      ["trigger", t("trigger.mode", { trigger: word("trigger", run.trigger), mode: word("run_mode", run.mode) })],
      ["begun", at(run.created_at)],
      run.confirmed_at ? ["confirmed", at(run.confirmed_at)] : null,
      run.finished_at ? ["ended", at(run.finished_at)] : null,
      ["members.before", run.members_before === null ? t("none") : t("seats", { taken: run.members_before, all: run.max_members ?? 0 })],
      run.members_after === null ? null : ["members.after", t("seats", { taken: run.members_after, all: run.max_members ?? 0 })],
      ["wanted", run.wanted],
      ...(run.raise
        ? []
        : [
            ["considered", run.considered],
            ["eligible", run.eligible],
            ["selected", run.selected],
            ["removed", run.removed],
          ]),
      run.restored > 0 ? ["restored", run.restored] : null,
    ]),
    keptList(run.kept),
    policyList(run.policy),
  ];
}

const outcome = (member) =>
  member.outcome ? [pill("outcome", member.outcome), member.error_code ? ` ${member.error_code}` : ""] : t("none");

function columns(run) {
  return [
    { label: "account", show: (member) => memberLink(run.group_id, member.account) },
    { label: "decision", show: (member) => pill("decision", member.decision) },
    { label: "why", show: (member) => word("why", member.why) },
    { label: "silent", show: (member) => silence(member) },
    { label: "joined", show: (member) => at(member.joined_at) },
    { label: "last_sent", show: (member) => at(member.last_sent_at) },
    { label: "outcome", show: outcome },
  ];
}

// What the server can not narrow is narrowed here, over all of its pages.
function narrowing({ search, why, outcome: wanted }) {
  if (!search && !why && !wanted) return undefined;
  const text = search?.toLowerCase() ?? "";
  return (member) => member.account.toLowerCase().includes(text) && (!why || member.why === why) && (!wanted || member.outcome === wanted);
}

function members(page, run) {
  let values = readFilters();
  const list = pagedTable(page, {
    caption: () => t("members.title"),
    path: () => `${path("runs", run.id)}/members`,
    query: () => ({ decision: values.decision }),
    keep: () => narrowing(values),
    columns: columns(run),
    key: (member) => member.account,
    empty: () => t(run.kept_stored ? "members.none" : "members.not_stored"),
    size: 50,
  });
  const bar = filterBar(
    [
      "search",
      { name: "decision", kind: "decision", options: ["remove", "keep"] },
      { name: "why", kind: "why", options: kWhys },
      { name: "outcome", kind: "outcome", options: kOutcomes },
    ],
    (next) => {
      values = { ...next };
      list.reload();
    },
  );
  return [bar.root, list.root];
}

export function runView(page, id) {
  const top = h("div", heading(t("run.n", { id })));
  const below = h("div");
  let shown = false;
  page.title(t("run.n", { id }));
  const ask = async () => {
    const [run, patience] = await Promise.all([get(path("runs", id)), approvalPatience()]);
    return run.patience === patience ? run : Object.assign(run, { patience });
  };
  page.keep(
    watch(
      ask,
      (run) => {
        replace(top, head(run, run.patience));
        if (!shown) replace(below, section(t("members.title"), members(page, run)));
        shown = true;
      },
      { period: 2000, fail: (error) => replace(below, trouble(error)) },
    ),
  );
  return [top, below];
}
