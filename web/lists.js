// The lists that are tables and little else: removals, full events, exemptions, audit, sweeps; and the configuration.

import { get } from "./api.js";
import { actButton, newExemption, sweep, unexempt } from "./changes.js";
import { h, own, replace, trouble } from "./dom.js";
import { at } from "./format.js";
import { dayEnd, dayStart, filterBar, readFilters } from "./filters.js";
import { t, word } from "./i18n.js";
import { watch } from "./live.js";
import { fateColumns } from "./member.js";
import { heading, pill, section, to } from "./parts.js";
import { count, pagedTable, table } from "./table.js";

const groupOf = (one) => h("a", { href: to("groups", one.group_id) }, own(one.group_id));
const period = ({ since: from, until }) => ({ since: dayStart(from), until: dayEnd(until) });
const kPeriod = [{ name: "since", day: true }, { name: "until", day: true }];

// spec: title, path, columns, fields, query(values), about, buttons.
function listView(page, spec) {
  let values = readFilters();
  const list = pagedTable(page, {
    caption: () => t(spec.title), path: () => spec.path, query: () => spec.query?.(values) ?? {}, columns: spec.columns, key: (one) => one.id, empty: () => t(`${spec.path}.none`), period: spec.period,
  });
  const bar = spec.fields ? filterBar(spec.fields, (next) => {
    values = { ...next };
    list.reload();
  }).root : null;
  return [heading(t(spec.title), spec.buttons ? h("div", { class: "buttons" }, spec.buttons()) : null), h("p", { class: "quiet" }, t(`${spec.path}.about`)), bar, list.root];
}

export const removalsView = (page) =>
  listView(page, {
    title: "nav.removals", path: "removals", columns: fateColumns, fields: ["account", "group_id", ...kPeriod],
    query: (values) => ({ account: values.account, group_id: values.group_id, ...period(values) }),
  });

export const eventsView = (page) =>
  listView(page, {
    title: "nav.events", path: "events", fields: ["group_id", ...kPeriod], query: (values) => ({ group_id: values.group_id, ...period(values) }),
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
    title: "nav.exemptions", path: "exemptions", buttons: () => actButton("exempt.new", newExemption, "main"),
    columns: [
      { label: "exempt.kind", show: (one) => t(one.kind) },
      { label: "exempt.id", show: subject },
      { label: "act.reason", show: (one) => (one.reason ? own(one.reason) : t("none")) },
      { label: "created", show: (one) => at(one.created_at) },
      { label: "exempt.until", show: (one) => (one.expires_at ? at(one.expires_at) : t("exempt.for_ever")) },
      { label: "change", show: (one) => h("span", { "aria-label": one.id }, actButton("unexempt", () => unexempt(one.kind, one.id))) },
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
    title: "nav.audit", path: "audit", fields: kPeriod, query: period,
    columns: [
      { label: "time", show: (one) => at(one.at) },
      { label: "who", show: (one) => [own(one.token), " ", h("span", { class: "quiet" }, own(one.peer))] },
      { label: "action", show: (one) => word("action", one.action) },
      { label: "target", show: target },
      { label: "act.reason", show: (one) => (one.reason ? own(one.reason) : t("none")) },
    ],
  });

export const sweepsView = (page) =>
  listView(page, {
    title: "nav.sweeps", path: "sweeps", period: 2000, buttons: () => actButton("sweep.new", sweep, "main"),
    columns: [
      { label: "sweep", show: (one) => t("sweep.n", { id: String(one.id) }) },
      { label: "state", show: (one) => [pill("sweep_state", one.state), one.dry_run ? h("small", {}, t("sweep.dry_short")) : null] },
      { label: "sweep.listed", kind: "number", show: (one) => count(one.groups_listed) },
      { label: "sweep.read", kind: "number", show: (one) => count(one.groups_read) },
      { label: "sweep.full", kind: "number", show: (one) => count(one.groups_full) },
      { label: "sweep.found", kind: "number", show: (one) => count(one.groups_new) },
      { label: "begun", show: (one) => at(one.started_at) },
      { label: "ended", show: (one) => at(one.finished_at) },
    ],
  });

const kKeys = [
  { label: "key", show: (one) => h("code", {}, one.key) },
  { label: "value", show: (one) => (one.value === null ? t("none") : h("code", { class: one.value === one.default ? "" : "changed" }, own(one.value))) },
  { label: "default", show: (one) => (one.default === null ? t("none") : h("code", {}, one.default)) },
  { label: "reload", show: (one) => t(one.reloadable ? "config.reload" : "config.restart") },
];

function configuration(config) {
  const sections = Map.groupBy ? Map.groupBy(config.items, (one) => one.key.split(".")[0]) : new Map([["", config.items]]);
  const pending = config.needs_restart.length > 0 ? h("p", { class: "problem" }, t("config.pending"), " ", config.needs_restart.map((key) => h("code", {}, key, " "))) : null;
  const secrets = Object.entries(config.secrets).map(([name, there]) => h("li", {}, h("code", {}, name), ": ", t(there ? "config.secret" : "config.no_secret")));
  return [h("p", { class: "quiet" }, t("config.file"), ": ", h("code", {}, own(config.file ?? "")), " · ", t("config.keys", { n: config.items.length })), pending,
    [...sections].map(([name, items]) => section(name, table(name, kKeys, items, (one) => one.key))), section(t("config.secrets"), h("ul", {}, secrets))];
}

export function configView(page) {
  const place = h("div", { class: "config" });
  page.keep(watch(() => get("config"), (config) => replace(place, configuration(config)), { fail: (error) => replace(place, trouble(error)) }));
  return [heading(t("nav.config")), h("p", { class: "quiet" }, t("config.about")), place];
}
