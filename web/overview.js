// Is all well, what waits for a person, and what is full, stale or blocked and why.

import { get } from "./api.js";
import { h, own, replace, trouble } from "./dom.js";
import { since } from "./format.js";
import { phrase, t, word } from "./i18n.js";
import { watch } from "./live.js";
import { chart } from "./charts.js";
import { planCards } from "./decisions.js";
import { groupColumns, kBlockReasons } from "./groups.js";
import { percent, section } from "./parts.js";
import { count, table } from "./table.js";
import { findings, verdict } from "./verdict.js";

const kShort = 5;
const kHour = 60 * 60 * 1000;
const kSpans = { day: { unit: "hour", n: 24 }, week: { unit: "hour", n: 24 * 7 }, month: { unit: "day", n: 30 } };

function textsOf(params) {
  const words = { ...params };
  if (params.reason) words.reason = word("refusal", params.reason);
  if (params.error !== undefined) words.error = h("span", { lang: "en" }, own(params.error));
  if (params.peer) words.peer = own(params.peer);
  if (params.at) words.at = since(params.at);
  return words;
}

function sentence(summary) {
  const found = findings(summary);
  const first = verdict(found);
  const line = ({ tone, key, params, to }) =>
    h("li", { class: tone }, to ? h("a", { href: to }, phrase(key, textsOf(params))) : h("span", phrase(key, textsOf(params))));
  // What the sentence says is not said again.
  const rest = found.filter((one) => one.key !== first.key && !(one.tone === "task" && first.tone === "task"));
  return [
    h("h1", { tabindex: -1, class: `sentence ${first.tone}` }, phrase(first.key, textsOf(first.params))),
    rest.length > 0 ? h("ul.points", rest.map(line)) : null,
  ];
}

function tile(label, value, to, note) {
  const inside = [h("span.value", value), h("span.label", t(label)), note ? h("span.note", note) : null];
  return to ? h("a", { class: "tile", href: to }, inside) : h("div.tile", inside);
}

function tiles(s) {
  const left = s.removals_left === null ? t("unlimited") : t("tile.left", { n: s.removals_left });
  return [
    tile(
      "tile.full",
      count(s.groups.full),
      "#/groups?state=full&sort=oldest",
      s.oldest_full_since ? [t("tile.oldest"), " ", since(s.oldest_full_since)] : null,
    ),
    tile("tile.stale", count(s.stale_full), "#/groups?stale=true&sort=oldest"),
    tile("tile.blocked", count(s.groups.blocked), "#/groups?state=blocked"),
    tile("tile.has_room", count(s.groups.has_room), "#/groups?state=has_room"),
    tile("tile.refused", count(s.events_last_day), "#/events", t("tile.last_hour", { n: s.events_last_hour })),
    tile("tile.removed", count(s.removals_last_day), "#/removals", left),
    tile("tile.webhook", s.last_webhook_at ? since(s.last_webhook_at) : t("never"), null),
  ];
}

// Why groups are blocked, each with a link to them.
function blockedList(blocked) {
  const reasons = kBlockReasons.filter((reason) => blocked?.[reason] > 0);
  if (reasons.length === 0) return h("p.empty", t("blocked.none"));
  const row = (reason) =>
    h(
      "li",
      h("a", { href: `#/groups?state=blocked&reason=${reason}` }, word("reason", reason), " ", h("strong", count(blocked[reason]))),
      h("p.quiet", t(`todo.${reason}`)),
    );
  return h("ul.reasons", reasons.map(row));
}

function rejoins(list) {
  const used = (list ?? []).filter((one) => one.removed > 0);
  if (used.length === 0) return null;
  const columns = [
    {
      label: "rejoin.policy",
      show: (one) => h("code", `inactive_for ${one.policy.inactive_for}, newcomer_grace ${one.policy.newcomer_grace}`),
    },
    { label: "rejoin.removed", kind: "number", show: (one) => count(one.removed) },
    { label: "rejoin.rejoined", kind: "number", show: (one) => count(one.rejoined) },
    { label: "rejoin.share", kind: "number", show: (one) => percent(one.share) },
  ];
  return section(t("rejoin.title"), h("p.quiet", t("rejoin.about")), table(t("rejoin.title"), columns, used));
}

function shortList(page, title, query, columns, empty) {
  const place = h("div", h("p.quiet", t("loading")));
  const fail = (error) => replace(place, trouble(error));
  page.keep(
    watch(
      () => get("groups", { ...query, limit: kShort }),
      ({ items }) => replace(place, items.length === 0 ? h("p.empty", empty) : table(title, columns, items, (one) => one.group_id)),
      { fail },
    ),
  );
  const all = h("a", { href: `#/groups?${new URLSearchParams(query)}`, class: "all" }, t("all"), h("span.unseen", ` (${title})`));
  return section(title, place, all);
}

const columnsOf = (...labels) => groupColumns.filter((one) => labels.includes(one.label));

function trends(page) {
  let span = "day";
  const place = h("div.charts");
  const ask = () => {
    const { unit, n } = kSpans[span];
    const length = unit === "hour" ? kHour : 24 * kHour;
    const first = (Math.floor(Date.now() / length) - n + 1) * length;
    return get("timeline", { bucket: unit, since: new Date(first).toISOString() });
  };
  const show = ({ items }) =>
    replace(
      place,
      ["events", "groups_filled", "removals"].map((series) => chart(items, series, kSpans[span].unit)),
    );
  const watching = page.keep(watch(ask, show, { fail: (error) => replace(place, trouble(error)) }));
  const buttons = Object.keys(kSpans).map((name) =>
    h(
      "button",
      {
        type: "button",
        "aria-pressed": String(name === span),
        onclick: (event) => {
          span = name;
          for (const one of buttons) one.setAttribute("aria-pressed", String(one === event.currentTarget));
          watching.restart();
        },
      },
      t(`trend.${name}`),
    ),
  );
  return h(
    "section.card.wide",
    h("div.heading", h("h2", t("trends")), h("div", { class: "choices", role: "group", "aria-label": t("trends") }, buttons)),
    place,
  );
}

export function overviewView(page) {
  const first = h("div.first", h("h1", { tabindex: -1, class: "sentence" }, t("loading")));
  const numbers = h("div.tiles");
  const blocked = h("div");
  const returned = h("div.returned");
  page.onSummary((summary) => {
    const title = document.activeElement?.matches?.("h1") && first.contains(document.activeElement);
    replace(first, sentence(summary));
    if (title) first.querySelector("h1").focus({ preventScroll: true });
    replace(numbers, tiles(summary));
    replace(blocked, blockedList(summary.blocked));
    replace(returned, rejoins(summary.rejoins));
  });
  const more = () => h("a", { href: "#/decisions" }, t("decisions.more"));
  return [
    first,
    numbers,
    h("section.decide", h("h2", t("nav.decisions")), planCards(page, { level: "h3", most: 3, empty: () => t("decisions.none"), more })),
    h(
      "div.columns",
      shortList(
        page,
        t("full.longest"),
        { state: "full", sort: "oldest" },
        columnsOf("group", "state", "seats.label", "full_since"),
        t("full.none"),
      ),
      shortList(page, t("refused.most"), { sort: "most_refused" }, columnsOf("group", "refusals", "state"), t("groups.none")),
    ),
    h("div.columns", section(t("blocked.title"), blocked), returned),
    trends(page),
  ];
}
