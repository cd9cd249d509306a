// Why one member stays or goes, rule by rule, from a fresh look at Chat.

import { facts } from "./act.js";
import { get, path } from "./api.js";
import { actButton, exempt, unexempt } from "./changes.js";
import { daemonText, h, own, replace, trouble } from "./dom.js";
import { at } from "./format.js";
import { phrase, t, word } from "./i18n.js";
import { watch } from "./live.js";
import { heading, pill, runLink, section, to } from "./parts.js";
import { pagedTable, table } from "./table.js";

const kRules = [
  { label: "rule", show: (one) => word("why", one.rule) },
  { label: "verdict", show: (one) => h("span", { class: `verdict ${one.verdict}` }, word("verdict", one.verdict)) },
  { label: "detail", show: (one) => daemonText(one.detail) },
];

// A rule keeps the member; or none does, and what stands against a run in the group does, or nothing.
function answer(member) {
  const kept = member.why !== "inactive";
  const key = kept ? "member.stays" : member.obstacles.length > 0 ? "member.removable_but" : "member.removable";
  const obstacles = member.obstacles.map((one) => word("reason", one)).join(", ");
  return h(
    "p",
    { class: `sentence small ${kept ? "good" : "warn"}` },
    t(key, { why: word("why", member.why), obstacles }),
    kept && member.removable_from ? [" ", phrase("member.from", { at: at(member.removable_from) })] : null,
  );
}

function show(member, again) {
  return [
    answer(member),
    h(
      "div.buttons",
      h("button", { type: "button", onclick: again }, t("member.again")),
      member.exempt
        ? actButton("unexempt", () => unexempt("member", member.account))
        : actButton("exempt", () => exempt("member", member.account)),
    ),
    facts([
      ["group", h("a", { href: to("groups", member.group_id) }, member.group.name ? own(member.group.name) : own(member.group_id))],
      ["role", member.role ? word("role", member.role) : t("none")],
      ["joined", at(member.joined_at)],
      ["last_sent", at(member.last_sent_at)],
      member.seen_reading_at ? ["seen_reading", at(member.seen_reading_at)] : null,
      member.reader_until ? ["reader_until", at(member.reader_until)] : null,
      ["presence", member.presence ? word("presence", member.presence) : t("none")],
      ["looked_at", at(member.observed_at)],
    ]),
    table(t("member.rules"), kRules, member.rules, (one) => one.rule),
  ];
}

export const fateColumns = [
  { label: "removed_at", show: (one) => at(one.removed_at) },
  { label: "account", show: (one) => h("a", { href: to("groups", one.group_id, "members", one.account) }, own(one.account)) },
  { label: "group", show: (one) => h("a", { href: to("groups", one.group_id) }, own(one.group_id)) },
  { label: "run", show: (one) => runLink(one.run_id) },
  {
    label: "fate",
    show: (one) => [
      one.rejoined_at ? h("span", pill("fate", "rejoined"), " ", at(one.rejoined_at)) : null,
      one.restored_at ? h("span", pill("fate", "restored"), " ", at(one.restored_at)) : null,
      !one.rejoined_at && !one.restored_at ? t("fate.outside") : null,
    ],
  },
];

export function memberView(page, groupId, account) {
  const place = h("div", { "aria-busy": "true" }, h("p.quiet", t("member.asking")));
  page.title(account);
  // Each look asks Chat: it is made once, and when somebody asks for it.
  const watching = page.keep(
    watch(
      () => get(path("groups", groupId, "members", account)),
      (member) => {
        place.setAttribute("aria-busy", "false");
        replace(
          place,
          show(member, () => watching.restart()),
        );
      },
      {
        period: 0,
        fail: (error) => {
          place.setAttribute("aria-busy", "false");
          replace(place, trouble(error), h("button", { type: "button", onclick: () => watching.restart() }, t("member.again")));
        },
      },
    ),
  );
  const past = pagedTable(page, {
    caption: () => t("nav.removals"),
    path: () => "removals",
    query: () => ({ account }),
    columns: fateColumns,
    key: (one) => one.id,
    empty: () => t("member.never_removed"),
    size: 10,
  });
  return [heading(own(account)), section(t("member.title"), place), section(t("member.past"), past.root)];
}
