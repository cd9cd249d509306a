// What many views show alike: a group, a run, a state, a share of seats.

import { h, own, svg } from "./dom.js";
import { has, number, t, word } from "./i18n.js";

export const to = (...segments) => `#/${segments.map((one) => encodeURIComponent(one)).join("/")}`;

const kTones = {
  full: "warn",
  pruning: "busy",
  has_room: "good",
  blocked: "bad",
  gone: "off",
  running: "busy",
  awaiting_approval: "task",
  planned: "task",
  succeeded: "good",
  partial: "warn",
  failed: "bad",
  nothing_to_do: "off",
  rejected: "off",
  expired: "off",
  finished: "good",
  interrupted: "warn",
};

export const pill = (kind, value) => h("span", { class: `pill ${kTones[value] ?? "off"}` }, word(kind, value));

// A name over its id; the id alone where there is no name.
export function groupLink(group) {
  const id = own(group.group_id, { class: group.name ? "id" : "name" });
  return h("a", { href: to("groups", group.group_id), class: "what" }, group.name ? own(group.name, { class: "name" }) : null, id);
}

export const runLink = (id) => h("a", { href: to("runs", id) }, t("run.n", { id: String(id) }));

export const memberLink = (groupId, account) =>
  h("a", { href: to("groups", groupId, "members", account), title: t("member.ask") }, own(account));

// The state with its reason in words.
export function stateOf(kind, thing) {
  return h(
    "span.state",
    pill(kind, thing.state),
    thing.exempt && thing.reason !== "exempt" ? h("span.pill.off", t("reason.exempt")) : null,
    thing.reason ? h("small", word("reason", thing.reason)) : null,
  );
}

export function seats(group) {
  if (group.member_count === null || group.max_member_count === null) return t("none");
  const share = Math.min(1, group.max_member_count > 0 ? group.member_count / group.max_member_count : 0);
  const bar = svg(
    "svg",
    { viewBox: "0 0 100 6", preserveAspectRatio: "none", "aria-hidden": "true", class: `seats ${share >= 1 ? "full" : ""}` },
    svg("rect", { class: "all", width: 100, height: 6, rx: 3 }),
    svg("rect", { class: "taken", width: share * 100, height: 6, rx: 3 }),
  );
  return h("span.seated", h("span", t("seats", { taken: group.member_count, all: group.max_member_count })), bar);
}

// What came of a run, in one line.
export function result(run) {
  if (run.mode === "restore") return t("result.restored", { n: run.restored });
  if (run.raise) {
    if (run.state === "succeeded") return t("result.raised", run.raise);
    if (["awaiting_approval", "planned", "rejected", "expired", "running"].includes(run.state)) return t("result.raises", run.raise);
  }
  if (run.removed > 0) return t("result.removed", { n: run.removed });
  if (run.selected > 0 && ["awaiting_approval", "planned", "rejected", "expired", "running"].includes(run.state))
    return t("result.selected", { n: run.selected });
  return run.reason ? word("reason", run.reason) : t("none");
}

// Why it waits for somebody; nothing where it does not.
export function whyItWaits(run) {
  if (!has(`waits_for.${run.waits_for}`)) return null;
  const n = run.eligible + (run.kept.second_look ?? 0);
  return h("p.quiet", t(`waits_for.${run.waits_for}`, { n, all: run.considered, share: run.policy.first_share }));
}

export const heading = (text, ...more) => h("div.heading", h("h1", { tabindex: -1 }, text), ...more);

export function section(title, ...children) {
  return h("section.card", h("h2", title), ...children);
}

export const percent = (share) => (share === null ? t("none") : `${number(Math.round(share * 1000) / 10)} %`);
