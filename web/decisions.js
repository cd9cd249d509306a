// Plans that wait for somebody's word: who would go, why, how long silent, and what the limits leave.

import { accountList, actButton, approve, limitsText, raisesLeft, reject } from "./changes.js";
import { get, path, setting } from "./api.js";
import { h, replace, trouble } from "./dom.js";
import { milliseconds, since } from "./format.js";
import { t, word } from "./i18n.js";
import { watch } from "./live.js";
import { groupLink, heading, memberLink, pill, runLink, whyItWaits } from "./parts.js";
import { collect } from "./table.js";

const kNames = 5;
const kPlans = 20;

export const waits = (run, patience, now = Date.now()) =>
  run.state === "awaiting_approval" ||
  (run.state === "planned" && run.selected > 0 && now - Date.parse(run.confirmed_at ?? run.created_at) < patience);

// How long a plan may be approved.
export const approvalPatience = async () => milliseconds(await setting("scheduler.approval_ttl"));

function fill(title, place, run) {
  const names = async () => {
    if (run.raise) {
      const [group, left] = await Promise.all([get(path("groups", run.group_id)), raisesLeft()]);
      replace(title, groupLink(group));
      return replace(place, h("p.quiet", t("act.limits_left"), ": ", left));
    }
    const [group, members, limits] = await Promise.all([
      get(path("groups", run.group_id)).catch(() => ({ group_id: run.group_id, name: null })),
      get(`${path("runs", run.id)}/members`, { decision: "remove", limit: kNames }),
      limitsText(run.group_id),
    ]);
    replace(title, groupLink(group));
    replace(
      place,
      accountList(members.items, run.selected - members.items.length, (member) => memberLink(run.group_id, member.account)),
      h("p.quiet", t("act.limits_left"), ": ", limits),
    );
  };
  names().catch((error) => replace(place, trouble(error)));
}

function card(run, patience, level) {
  const ends = new Date(Date.parse(run.confirmed_at ?? run.created_at) + patience).toISOString();
  const place = h("div.names", h("p.quiet", t("loading")));
  const title = h(level, { id: `plan-${run.id}` }, groupLink({ group_id: run.group_id }));
  fill(title, place, run);
  return h(
    "article",
    { class: "card plan", "aria-labelledby": `plan-${run.id}`, "data-run": run.id },
    h("div.heading", title, pill("run_state", run.state)),
    h(
      "p.lead",
      run.raise ? t("result.raises", run.raise) : t("plan.lead", { n: run.selected, all: run.members_before ?? 0, wanted: run.wanted }),
      run.limited_by ? h("span.quiet", " ", t("limited", { by: word("limited_by", run.limited_by) })) : null,
    ),
    whyItWaits(run),
    place,
    h(
      "div.buttons",
      h("span.quiet", runLink(run.id), " · ", t("plan.ends"), " ", since(ends)),
      h(
        "div.buttons",
        run.state === "awaiting_approval" ? actButton("reject", () => reject(run)) : null,
        actButton("approve", () => approve(run), "danger"),
      ),
    ),
  );
}

// The cards of the plans that wait, kept as they are while their plan is the same.
export function planCards(page, { level, most = kPlans, empty, more }) {
  const root = h("div.plans");
  const known = new Map();
  const ask = async () => {
    const patience = await approvalPatience();
    const waiting = await collect("runs", { state: "awaiting_approval" }, undefined, most);
    const planned =
      waiting.items.length < most
        ? await collect("runs", { state: "planned" }, undefined, most - waiting.items.length)
        : { items: [], next: null };
    const runs = [...waiting.items, ...planned.items].filter((run) => waits(run, patience));
    return { runs, patience, next: waiting.next ?? planned.next };
  };
  let last = "";
  const show = ({ runs, patience, next }) => {
    const state = JSON.stringify([runs, patience]);
    if (state === last) return;
    last = state;
    for (const id of known.keys()) if (!runs.some((run) => run.id === id)) known.delete(id);
    const cards = runs.map((run) => {
      const of = JSON.stringify(run);
      if (known.get(run.id)?.of !== of) known.set(run.id, { of, element: card(run, patience, level) });
      return known.get(run.id).element;
    });
    replace(root, cards.length === 0 ? h("p.empty", empty()) : cards, next !== null ? more?.() : null);
  };
  page.keep(watch(ask, show, { fail: (error) => replace(root, trouble(error)) }));
  return root;
}

export function decisionsView(page) {
  const more = () => h("p", h("a", { href: "#/runs?state=awaiting_approval,planned" }, t("decisions.more")));
  return [
    heading(t("nav.decisions")),
    h("p.quiet", t("decisions.about")),
    planCards(page, { level: "h2", empty: () => t("decisions.none"), more }),
  ];
}
