// What an operator may do, each behind its dialog.

import { act, actButton, facts } from "./act.js";
import { change, get, path, setting } from "./api.js";
import { h, own } from "./dom.js";
import { silence } from "./format.js";
import { number, phrase, t, word } from "./i18n.js";

const kShown = 3; // accounts
const kDay = 24 * 60 * 60 * 1000;

const groupName = (group) => (group.name ? [own(group.name), " (", own(group.group_id), ")"] : own(group.group_id));

// How many may still be removed, by the limits in force: of all groups, in this one, in one run.
export async function limitsText(groupId) {
  const since = new Date(Date.now() - kDay).toISOString();
  const [summary, removals, ofGroup, ofRun] = await Promise.all([
    get("summary"),
    get("removals", { group_id: groupId, since, limit: 1000 }),
    setting("policy.max_removals_per_group_day"),
    setting("policy.max_removals_per_run"),
  ]);
  return t("act.limits", {
    all: summary.removals_left ?? t("unlimited"),
    group: Number(ofGroup) === 0 ? t("unlimited") : Math.max(0, Number(ofGroup) - removals.items.length),
    run: Number(ofRun),
  });
}

export async function raisesLeft() {
  const { raises_left: left } = await get("summary");
  return left === null ? t("unlimited") : t("raise.left", { n: left });
}

// A limit that goes up, or back down again.
async function actOnLimit(run, what, lines) {
  return act({
    title: t(`raise.${what}`, run.raise),
    body: [facts([["group", own(run.group_id)], ...lines])],
    reason: "optional",
    danger: true,
    confirm: t(`raise.${what}`, run.raise),
    call: ({ reason, key }) => change("POST", `${path("runs", run.id)}/${what}`, { reason, key }),
    done: (made) => t("raise.done", { id: String(made.id) }),
  });
}

// Who would go, why, and how long silent.
export function accountList(members, more, link = (member) => own(member.account)) {
  const line = (member) =>
    h("li", link(member), " ", h("span.quiet", word("why", member.why), ", ", t("silent_for", { time: silence(member) })));
  return h("ul.accounts", members.map(line), more > 0 ? h("li.quiet", t("and_more", { n: more })) : null);
}

async function aboutRun(run) {
  const [group, members, limits] = await Promise.all([
    get(path("groups", run.group_id)).catch(() => ({ group_id: run.group_id, name: null })),
    get(`${path("runs", run.id)}/members`, { decision: "remove", limit: kShown }),
    limitsText(run.group_id),
  ]);
  return { group, members: members.items, limits };
}

export async function approve(run) {
  if (run.raise) {
    return actOnLimit(run, "approve", [
      ["act.limits_left", await raisesLeft()],
      ["act.undo", t("raise.undo")],
    ]);
  }
  const { group, members, limits } = await aboutRun(run);
  return act({
    title: t("approve.title", { n: run.selected }),
    body: [
      facts([
        ["group", groupName(group)],
        ["act.removes", t("of", { n: run.selected, all: run.members_before ?? 0 })],
        ["act.limits_left", limits],
        ["act.undo", t("approve.undo")],
      ]),
      h("h3", t("act.first")),
      accountList(members, run.selected - members.length),
    ],
    number: run.selected,
    reason: "optional",
    danger: true,
    confirm: t("approve.confirm", { n: run.selected }),
    call: ({ reason, key }) => change("POST", `${path("runs", run.id)}/approve`, { reason, key }),
    done: () => t("approve.done", { id: String(run.id) }),
  });
}

export function reject(run) {
  return act({
    title: t("reject.title", { id: String(run.id) }),
    body: [
      facts([
        ["group", own(run.group_id)],
        ["act.plan", run.raise ? t("result.raises", run.raise) : t("result.selected", { n: run.selected })],
      ]),
      h("p", t("reject.body")),
    ],
    reason: "optional",
    confirm: t("reject"),
    call: ({ reason, key }) => change("POST", `${path("runs", run.id)}/reject`, { reason, key }),
    done: () => t("reject.done", { id: String(run.id) }),
  });
}

export const canBeRestored = (run) =>
  run.mode !== "restore" && run.state !== "running" && (run.raise ? run.state === "succeeded" : run.removed > 0);

export async function restore(run) {
  if (run.raise) {
    const { max_member_count: limit } = await get(path("groups", run.group_id));
    const others = limit !== null && limit !== run.raise.to ? ` ${t("raise.others", { n: limit })}` : "";
    return actOnLimit(run, "restore", [["act.undo", t("raise.back") + others]]);
  }
  const { group, members } = await aboutRun(run);
  const room =
    group.max_member_count === undefined || group.max_member_count === null
      ? t("none")
      : number(Math.max(0, group.max_member_count - group.member_count - 1));
  return act({
    title: t("restore.title", { n: run.removed }),
    body: [
      facts([
        ["group", groupName(group)],
        ["restore.adds", t("members", { n: run.removed })],
        ["restore.room", room],
        ["act.undo", t("restore.undo")],
      ]),
      h("h3", t("act.first")),
      accountList(members, run.removed - members.length),
    ],
    number: run.removed,
    reason: "optional",
    danger: true,
    confirm: t("restore.confirm", { n: run.removed }),
    call: ({ reason, key }) => change("POST", `${path("runs", run.id)}/restore`, { reason, key }),
    done: (made) => t("restore.done", { id: String(made.id) }),
  });
}

// A plan first: then the dialog can say who would go, and what is approved is exactly that.
export async function plan(group) {
  let made = null;
  const done = await act({
    title: t("plan.now"),
    body: [facts([["group", groupName(group)]]), h("p", t("plan.body"))],
    reason: "optional",
    confirm: t("plan.confirm"),
    call: async ({ reason, key }) =>
      (made = await change("POST", `${path("groups", group.group_id)}/runs`, { body: { mode: "plan" }, reason, key })),
    done: () => t("plan.done", { id: String(made.id) }),
  });
  if (done) location.hash = `#/runs/${made.id}`;
}

function untilField() {
  const input = h("input", { type: "datetime-local", name: "until" });
  const problem = () => (input.value && !(new Date(input.value) > new Date()) ? t("exempt.past") : null);
  return { name: "until", label: t("exempt.until"), input, hint: t("exempt.until_hint"), problem };
}

const expiry = (values) => (values.until ? new Date(values.until).toISOString() : null);

export function exempt(kind, id) {
  return act({
    title: t(`exempt.title.${kind}`),
    body: [facts([[kind, own(id)]]), h("p", t(`exempt.body.${kind}`))],
    reason: "required",
    fields: [untilField()],
    confirm: t("exempt"),
    call: ({ reason, key, values }) =>
      change("PUT", path("exemptions", `${kind}s`, id), { body: { reason, expires_at: expiry(values) }, reason, key }),
    done: () => t("exempt.done"),
  });
}

// Both kinds, by hand.
export function newExemption() {
  const kind = h("select", { name: "kind" }, h("option", { value: "group" }, t("group")), h("option", { value: "member" }, t("member")));
  const id = h("input", { name: "id", maxlength: 128, autocomplete: "off", spellcheck: "false" });
  return act({
    title: t("exempt.new"),
    body: [h("p", t("exempt.body"))],
    reason: "required",
    confirm: t("exempt"),
    fields: [
      { name: "kind", label: t("exempt.kind"), input: kind },
      { name: "id", label: t("exempt.id"), input: id, problem: () => (id.value.trim() ? null : t("exempt.id_missing")) },
      untilField(),
    ],
    call: ({ reason, key, values }) =>
      change("PUT", path("exemptions", `${values.kind}s`, values.id), { body: { reason, expires_at: expiry(values) }, reason, key }),
    done: () => t("exempt.done"),
  });
}

export function unexempt(kind, id) {
  return act({
    title: t("unexempt.title"),
    body: [facts([[kind, own(id)]]), h("p", t("unexempt.body"))],
    reason: "optional",
    confirm: t("unexempt"),
    call: ({ reason, key }) => change("DELETE", path("exemptions", `${kind}s`, id), { reason, key }),
    done: () => t("unexempt.done"),
  });
}

export const pause = () =>
  act({
    title: t("pause.title"),
    body: [h("p", t("pause.body"))],
    reason: "required",
    confirm: t("pause"),
    call: ({ reason, key }) => change("POST", "scheduler/pause", { body: { reason }, reason, key }),
    done: () => t("pause.done"),
  });

export const resume = (summary) =>
  act({
    title: t("resume.title"),
    body: [h("p", phrase("resume.body", { mode: t(`mode.${summary.mode}`) }))],
    reason: "optional",
    danger: summary.mode === "prune",
    confirm: t("resume"),
    call: ({ reason, key }) => change("POST", "scheduler/resume", { reason, key }),
    done: () => t("resume.done"),
  });

export function sweep() {
  const input = h("select", { name: "how" }, h("option", { value: "dry" }, t("sweep.dry")), h("option", { value: "wet" }, t("sweep.wet")));
  return act({
    title: t("sweep.new"),
    body: [h("p", t("sweep.body"))],
    reason: "optional",
    fields: [{ name: "how", label: t("sweep.how"), input }],
    confirm: t("sweep.confirm"),
    call: ({ reason, key, values }) => change("POST", "sweeps", { body: { dry_run: values.how === "dry" }, reason, key }),
    done: (made) => t("sweep.done", { id: String(made.id) }),
  });
}

export { actButton };
