// What another policy would have done, by the stored runs; or would do in one group now, by a fresh look.

import { change, get, path } from "./api.js";
import { h, own, replace, trouble } from "./dom.js";
import { dayStart, readFilters } from "./filters.js";
import { t, word } from "./i18n.js";
import { heading, memberLink, runLink, section } from "./parts.js";
import { table } from "./table.js";

// Keys that say nothing about who is selected, or are not played through.
const kLeftOut = ["silence", "reason", "first_share", "max_removals_per_day", "max_removals_per_group_day"];
const kSection = "policy.";

const reasonOf = (one) => (one === null ? t("none") : word(["out_of_scope", "too_small", "unsupported_type"].includes(one) ? "reason" : "why", one));

function columns(group) {
  return [
    group ? null : { label: "run", show: (one) => runLink(one.run) },
    { label: "account", show: (one) => (group ? memberLink(group, one.account) : own(one.account)) },
    { label: group ? "what_if.in_force" : "what_if.then", show: (one) => reasonOf(one.why_then) },
    { label: "what_if.now", show: (one) => reasonOf(one.why) },
  ].filter(Boolean);
}

function names(title, list, group) {
  if (list.length === 0) return null;
  return section(
    t(title),
    h(
      "div.list",
      table(t(title), columns(group), list, (one) => one.account),
    ),
  );
}

function sentence(found, group) {
  if (!group) return t("what_if.would", { n: found.would_remove, did: found.did_remove, runs: found.runs });
  if (found.would_remove > 0 || !found.reason) return t("what_if.would_now", { n: found.would_remove });
  return t("what_if.nobody", { reason: word("reason", found.reason) });
}

function answer(found, group) {
  return [
    h(
      "div.card",
      h("p.sentence.small", sentence(found, group)),
      found.counted_only > 0 ? h("p", t(group ? "what_if.waiting" : "what_if.counted", { n: found.counted_only })) : null,
      found.came_back > 0 ? h("p", t("what_if.back", { n: found.came_back })) : null,
      found.truncated ? h("p.quiet", t("what_if.truncated")) : null,
    ),
    names(group ? "what_if.go" : "what_if.added", found.added, group),
    names("what_if.spared", found.spared, group),
  ];
}

function valueField({ key, value }) {
  const name = key.slice(kSection.length);
  const input =
    value === "true" || value === "false"
      ? h(
          "select",
          { name },
          ["true", "false"].map((one) => h("option", { selected: one === value }, one)),
        )
      : h("input", { name, value: value ?? "", autocomplete: "off", spellcheck: "false" });
  return h("label", h("span", h("code", name)), input);
}

function form(items, ask) {
  const inForce = new Map(items.map((one) => [one.key.slice(kSection.length), one.value ?? ""]));
  const group = h("input", { name: "group_id", type: "search", maxlength: 128, autocomplete: "off", spellcheck: "false", value: readFilters().group_id ?? "" });
  const from = h("input", { name: "since", type: "date" });
  const submit = (event) => {
    event.preventDefault();
    const values = [...new FormData(event.target)].map(([name, value]) => [name, value.trim()]);
    const policy = Object.fromEntries(values.filter(([name, value]) => inForce.has(name) && inForce.get(name) !== value));
    ask(policy, group.value.trim(), dayStart(from.value));
  };
  return h(
    "form",
    { class: "filters", onsubmit: submit },
    items.map(valueField),
    h("label", h("span", t("filter.since")), from),
    h("label", h("span", t("what_if.group")), group),
    h("button.main", t("what_if.ask")),
  );
}

export function whatIfView() {
  const place = h("div.card");
  const found = h("div.answer", { role: "status" });
  const ask = async (policy, group, since) => {
    replace(found, h("p.quiet", t("what_if.asking")));
    const where = group ? path("groups", group, "what-if") : "what-if";
    const asked = change("POST", where, { body: group ? { policy } : { policy, since } });
    replace(found, ...(await asked.then((one) => answer(one, group), (error) => [trouble(error)])));
  };
  const keys = (config) => config.items.filter((one) => one.key.startsWith(kSection) && !kLeftOut.includes(one.key.slice(kSection.length)));
  get("config").then(
    (config) => replace(place, form(keys(config), ask)),
    (error) => replace(place, trouble(error)),
  );
  return [heading(t("nav.what_if")), h("p.quiet", t("what_if.about")), place, found];
}
