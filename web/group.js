// One group: how it stands, what may be done, and its whole story on one time line.

import { facts } from "./act.js";
import { get, path } from "./api.js";
import { actButton, exempt, plan, unexempt } from "./changes.js";
import { h, own, replace, trouble } from "./dom.js";
import { at, since } from "./format.js";
import { has, phrase, t, word } from "./i18n.js";
import { watch } from "./live.js";
import { heading, memberLink, pill, result, runLink, seats, section, stateOf, to } from "./parts.js";
import { story } from "./story.js";

const kPage = 50;
const kRemovals = 1000; // one run may remove a hundred, and its story goes on before it
const kNames = 3;

const kTimes = { events: "received_at", runs: "created_at", removals: "removed_at" };

// The first pages are asked for again and again, the older ones once.
class Sources {
  constructor(groupId) {
    this.groupId = groupId;
    this.older = { events: [], runs: [], removals: [] };
    this.next = {};
  }

  ask(name, cursor) {
    if (name === "removals") return get("removals", { group_id: this.groupId, limit: kRemovals, cursor });
    return get(`${path("groups", this.groupId)}/${name}`, { limit: kPage, cursor });
  }

  async first() {
    const names = Object.keys(kTimes);
    const pages = await Promise.all(names.map((name) => this.ask(name)));
    return Object.fromEntries(names.map((name, i) => [name, pages[i]]));
  }

  // A page of each list that goes on.
  async more(first) {
    for (const name of Object.keys(kTimes)) {
      const cursor = this.next[name] === undefined ? first[name].next_cursor : this.next[name];
      if (cursor === null) continue;
      const page = await this.ask(name, cursor);
      this.older[name].push(...page.items);
      this.next[name] = page.next_cursor;
    }
  }

  // With what came anew meanwhile a row may be in both.
  all(first) {
    return Object.fromEntries(
      Object.keys(kTimes).map((name) => {
        const rows = new Map([...this.older[name], ...first[name].items].map((row) => [row.id, row]));
        const items = [...rows.values()].sort((a, b) => b.id - a.id);
        const next = this.next[name] === undefined ? first[name].next_cursor : this.next[name];
        return [name, { items, next, oldest: items.at(-1)?.[kTimes[name]] }];
      }),
    );
  }
}

function names(groupId, { accounts, n }) {
  const shown = accounts.slice(0, kNames);
  const links = shown.flatMap((account, i) => [i === 0 ? "" : ", ", memberLink(groupId, account)]);
  return n > shown.length ? [...links, " ", t("and_more", { n: n - shown.length })] : links;
}

const kLines = {
  full: (one) => [
    h("strong", t(one.filled ? "story.filled" : "story.refused", { n: one.n })),
    one.n > 1 ? [" ", h("span.quiet", t("story.from"), " ", at(one.first))] : null,
    one.source === "sweep" ? [" ", h("span.quiet", t("story.sweep"))] : null,
  ],
  run: (one) => [
    h("strong", runLink(one.run.id)),
    " ",
    pill("run_state", one.run.state),
    " ",
    result(one.run),
    " ",
    h("span.quiet", t("trigger.mode", { trigger: word("trigger", one.run.trigger), mode: word("run_mode", one.run.mode) })),
  ],
  confirmed: (one) => phrase("story.confirmed", { run: runLink(one.run.id) }),
  room: (one) => [
    h("strong", t("story.room")),
    one.run && one.run.members_after !== null ? [" ", t("seats", { taken: one.run.members_after, all: one.run.max_members ?? 0 })] : null,
  ],
  removed: (one, id) => [t("result.removed", { n: one.n }), ": ", names(id, one)],
  rejoined: (one, id) => phrase("story.rejoined", { account: memberLink(id, one.account) }),
  restored: (one, id) => [t("result.restored", { n: one.n }), ": ", names(id, one)],
  look: () => t("story.look"),
};

function timeLine(groupId, entries) {
  const item = (one) =>
    h(
      "li",
      { class: `event ${one.kind}${one.filled ? " filled" : ""}` },
      h("span.when", at(one.at)),
      h("span", kLines[one.kind](one, groupId)),
    );
  return h("ol.line", entries.map(item));
}

function askForm(groupId) {
  const input = h("input", { name: "account", maxlength: 128, autocomplete: "off", spellcheck: "false" });
  const go = (event) => {
    event.preventDefault();
    if (input.value.trim()) location.hash = to("groups", groupId, "members", input.value.trim());
  };
  return h("form", { class: "filters", onsubmit: go }, h("label", h("span", t("member.which")), input), h("button", t("member.ask")));
}

function head(group) {
  const why = group.reason
    ? h("p.lead", word("reason", group.reason), ". ", has(`todo.${group.reason}`) ? h("span.quiet", t(`todo.${group.reason}`)) : null)
    : null;
  return [
    heading(
      group.name ? own(group.name) : own(group.group_id),
      stateOf("state", { ...group, reason: null }),
      h(
        "div.buttons",
        group.exempt
          ? actButton("unexempt", () => unexempt("group", group.group_id))
          : actButton("exempt", () => exempt("group", group.group_id)),
        actButton("plan.now", () => plan(group), "main"),
      ),
    ),
    why,
    facts([
      ["group", own(group.group_id)],
      ["type", word("type", group.type) || t("none")],
      ["seats.label", seats(group)],
      group.suggestion ? ["suggestion", t("raise.suggestion", { to: group.suggestion.raise_to })] : null,
      ["full_since", since(group.full_since)],
      ["refusals", group.full_events],
      ["looked_at", since(group.observed_at)],
      ["next_check", since(group.next_check_at)],
      ["last_run", group.last_run_id ? runLink(group.last_run_id) : t("none")],
    ]),
  ];
}

export function groupView(page, groupId) {
  const top = h("div", heading(own(groupId)));
  const place = h("div", { "aria-busy": "true" }, h("p.quiet", t("loading")));
  const sources = new Sources(groupId);
  let group = null;
  let first = null;

  const show = () => {
    if (!group || !first) return;
    const { entries, whole } = story(group, sources.all(first));
    const older = whole
      ? null
      : h(
          "button",
          {
            type: "button",
            onclick: async (event) => {
              event.currentTarget.disabled = true;
              await sources.more(first);
              show();
            },
          },
          t("story.older"),
        );
    const next = group.next_check_at ? h("p.quiet", t("next_check"), ": ", since(group.next_check_at)) : null;
    place.setAttribute("aria-busy", "false");
    replace(place, next, entries.length === 0 ? h("p.empty", t("story.none")) : timeLine(groupId, entries), older);
  };
  const fail = (error) => {
    place.setAttribute("aria-busy", "false");
    replace(place, trouble(error));
  };
  page.keep(
    watch(
      () => get(path("groups", groupId)),
      (found) => {
        group = found;
        page.title(group.name ?? groupId);
        replace(top, head(group));
        show();
      },
      { fail },
    ),
  );
  let last = [];
  const ask = async () => {
    const pages = await sources.first();
    const changed = Object.values(pages).some((one, i) => one !== last[i]);
    last = Object.values(pages);
    return changed ? pages : first;
  };
  page.keep(
    watch(
      ask,
      (found) => {
        first = found;
        show();
      },
      { fail },
    ),
  );
  return [top, section(t("member.title"), askForm(groupId)), section(t("story.title"), place)];
}
