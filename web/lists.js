// The lists that are tables and little else: filling groups, removals, full events, exemptions, audit, sweeps, nodes; and the configuration.

import { get } from "./api.js";
import { actButton, newExemption, sweep, unexempt } from "./changes.js";
import { h, own, replace, trouble } from "./dom.js";
import { at, calendarDay, duration, milliseconds } from "./format.js";
import { dayEnd, dayStart } from "./filters.js";
import { t, word } from "./i18n.js";
import { listView } from "./list.js";
import { watch } from "./live.js";
import { fateColumns } from "./member.js";
import { heading, pill, seats, section, to } from "./parts.js";
import { count, table } from "./table.js";

const groupOf = (one) => h("a", { href: to("groups", one.group_id) }, own(one.group_id));
const period = ({ since: from, until }) => ({ since: dayStart(from), until: dayEnd(until) });
const kPeriod = [
  { name: "since", day: true },
  { name: "until", day: true },
];

// No link: most of them were never full, and headroom knows nothing else about them.
const fillingGroup = (one) =>
  h("span.what", one.name ? own(one.name, { class: "name" }) : null, own(one.group_id, { class: one.name ? "id" : "name" }));
const lengthOf = (text) => duration(milliseconds(text));
const kWithin = ["7d", "14d", "30d", "90d", "365d"];

export const fillingView = (page) =>
  listView(page, {
    path: "filling",
    fields: [{ name: "within", options: kWithin.slice(1), show: lengthOf, unset: () => lengthOf(kWithin[0]) }],
    query: ({ within }) => ({ within: within || kWithin[0] }),
    columns: [
      { label: "group", show: fillingGroup },
      { label: "seats.label", show: seats },
      { label: "filling.pace", kind: "number", show: (one) => count(one.members_per_week) },
      { label: "filling.full_on", show: (one) => calendarDay(one.full_on) },
      { label: "filling.soonest", show: (one) => calendarDay(one.spread.soonest) },
      { label: "filling.latest", show: (one) => (one.spread.latest ? calendarDay(one.spread.latest) : t("filling.maybe_never")) },
      { label: "filling.seen", show: (one) => at(one.observed_at) },
    ],
  });

export const removalsView = (page) =>
  listView(page, {
    path: "removals",
    columns: fateColumns,
    fields: ["account", "group_id", ...kPeriod],
    query: (values) => ({ account: values.account, group_id: values.group_id, ...period(values) }),
  });

export const eventsView = (page) =>
  listView(page, {
    path: "events",
    fields: ["group_id", ...kPeriod],
    query: (values) => ({ group_id: values.group_id, ...period(values) }),
    columns: [
      { label: "received", show: (one) => at(one.received_at) },
      { label: "group", show: groupOf },
      { label: "source", show: (one) => word("source", one.source) },
      { label: "event_time", show: (one) => at(one.event_time) },
      { label: "peer", show: (one) => (one.client_ip ? own(one.client_ip) : t("none")) },
    ],
  });

function subject(one) {
  return one.kind === "group" ? h("a", { href: to("groups", one.id) }, own(one.id)) : own(one.id);
}

export const exemptionsView = (page) =>
  listView(page, {
    path: "exemptions",
    buttons: () => actButton("exempt.new", newExemption, "main"),
    columns: [
      { label: "exempt.kind", show: (one) => t(one.kind) },
      { label: "exempt.id", show: subject },
      { label: "reason", show: (one) => (one.reason ? own(one.reason) : t("none")) },
      { label: "created", show: (one) => at(one.created_at) },
      { label: "exempt.until", show: (one) => (one.expires_at ? at(one.expires_at) : t("exempt.for_ever")) },
      {
        label: "change",
        show: (one) =>
          h(
            "span",
            { role: "group", "aria-label": one.id },
            actButton("unexempt", () => unexempt(one.kind, one.id)),
          ),
      },
    ],
  });

function target(one) {
  const [, kind, id] = /^([a-z]+)(?::(.*))?$/s.exec(one.target) ?? [];
  if (kind === "run") return h("a", { href: to("runs", id) }, t("run.n", { id }));
  if (kind === "group") return h("a", { href: to("groups", id) }, own(id));
  return own(one.target);
}

export const auditView = (page) =>
  listView(page, {
    path: "audit",
    fields: kPeriod,
    query: period,
    columns: [
      { label: "time", show: (one) => at(one.at) },
      { label: "who", show: (one) => [own(one.token), " ", h("span.quiet", own(one.peer))] },
      { label: "action", show: (one) => word("action", one.action) },
      { label: "target", show: target },
      { label: "reason", show: (one) => (one.reason ? own(one.reason) : t("none")) },
    ],
  });

export const sweepsView = (page) =>
  listView(page, {
    path: "sweeps",
    buttons: () => actButton("sweep.new", sweep, "main"),
    columns: [
      { label: "sweep", show: (one) => t("sweep.n", { id: String(one.id) }) },
      { label: "state", show: (one) => [pill("sweep_state", one.state), one.dry_run ? h("small", t("sweep.dry_short")) : null] },
      { label: "sweep.listed", kind: "number", show: (one) => count(one.groups_listed) },
      { label: "sweep.read", kind: "number", show: (one) => count(one.groups_read) },
      { label: "sweep.full", kind: "number", show: (one) => count(one.groups_full) },
      { label: "sweep.found", kind: "number", show: (one) => count(one.groups_new) },
      { label: "begun", show: (one) => at(one.started_at) },
      { label: "ended", show: (one) => at(one.finished_at) },
    ],
  });

export const nodesView = (page) =>
  listView(page, {
    path: "nodes",
    columns: [
      { label: "node", show: (one) => h("span", own(one.name), " ", one.leads ? h("span.pill.good", t("node.leads")) : null) },
      { label: "node.version", show: (one) => own(one.version) },
      { label: "mode", show: (one) => t(`mode.${one.mode}`) },
      { label: "node.config", show: (one) => h("code", own(one.config_hash)) },
      { label: "node.spool", kind: "number", show: (one) => count(one.spool_depth) },
      { label: "node.seen", show: (one) => at(one.seen_at) },
    ],
  });

const kKeys = [
  { label: "key", show: (one) => h("code", one.key) },
  {
    label: "value",
    show: (one) => (one.value === null ? t("none") : h("code", { class: one.value === one.default ? "" : "changed" }, own(one.value))),
  },
  { label: "default", show: (one) => (one.default === null ? t("none") : h("code", one.default)) },
  { label: "reload", show: (one) => t(one.reloadable ? "config.reload" : "config.restart") },
];

function configuration(config) {
  const sections = new Map();
  for (const one of config.items) {
    const name = one.key.split(".")[0];
    sections.set(name, [...(sections.get(name) ?? []), one]);
  }
  const pending =
    config.needs_restart.length > 0
      ? h(
          "p.problem",
          t("config.pending"),
          " ",
          config.needs_restart.map((key) => h("code", key, " ")),
        )
      : null;
  const secrets = Object.entries(config.secrets).map(([name, there]) =>
    h("li", h("code", name), ": ", t(there ? "config.secret" : "config.no_secret")),
  );
  return [
    h("p.quiet", t("config.file"), ": ", h("code", own(config.file ?? "")), " · ", t("config.keys", { n: config.items.length })),
    pending,
    [...sections].map(([name, items]) =>
      section(
        name,
        table(name, kKeys, items, (one) => one.key),
      ),
    ),
    section(t("config.secrets"), h("ul", secrets)),
  ];
}

export function configView(page) {
  const place = h("div.config");
  page.keep(
    watch(
      () => get("config"),
      (config) => replace(place, configuration(config)),
      { fail: (error) => replace(place, trouble(error)) },
    ),
  );
  return [heading(t("nav.config")), h("p.quiet", t("config.about")), place];
}
