// The page: which view the address names, the keys, the language, the colours, and what is always there.

import { connection, get } from "./api.js";
import { actButton, pause, resume } from "./changes.js";
import { configView, auditView, eventsView, exemptionsView, fillingView, nodesView, removalsView, sweepsView } from "./lists.js";
import { daemonText, h, own, replace, stamp, visible } from "./dom.js";
import { clockTime, refreshAges, since, zone } from "./format.js";
import { chooseLanguage, currentLanguage, number, phrase, remember, setLanguage, t, translate } from "./i18n.js";
import { decisionsView } from "./decisions.js";
import { groupView } from "./group.js";
import { groupsView } from "./groups.js";
import { isLive, setLive, watch } from "./live.js";
import { memberView } from "./member.js";
import { overviewView } from "./overview.js";
import { runView } from "./run.js";
import { runsView } from "./runs.js";
import { signOut } from "./session.js";
import { whatIfView } from "./what_if.js";

const $ = (id) => document.getElementById(id);

const kLists = {
  "": overviewView,
  decisions: decisionsView,
  groups: groupsView,
  filling: fillingView,
  runs: runsView,
  "what-if": whatIfView,
  removals: removalsView,
  events: eventsView,
  exemptions: exemptionsView,
  sweeps: sweepsView,
  nodes: nodesView,
  audit: auditView,
  config: configView,
};
const kNames = { "": "overview", "what-if": "what_if" };
const kKeptTheme = "headroom.theme";

// ---- The view that is shown ----

let summary = null;
let page = null;

class Page {
  constructor() {
    this.kept = [];
    this.listeners = [];
  }
  keep(watching) {
    this.kept.push(watching);
    return watching;
  }
  onSummary(listener) {
    this.listeners.push(listener);
    if (summary) queueMicrotask(() => this === page && listener(summary));
  }
  title(text) {
    document.title = `${visible(text)} · headroom`;
  }
  leave() {
    for (const watching of this.kept) watching.stop();
  }
}

// "#/groups/ID/members/ACCOUNT" → its segments, decoded.
function segments() {
  const parts = location.hash.split("?")[0].replace(/^#\/?/, "").split("/");
  try {
    return parts.map(decodeURIComponent);
  } catch {
    return [""];
  }
}

function viewOf([name, id, what, account]) {
  if (name === "groups" && id && what === "members" && account) return (made) => memberView(made, id, account);
  if (name === "groups" && id) return (made) => groupView(made, id);
  if (name === "runs" && /^\d+$/.test(id ?? "")) return (made) => runView(made, id);
  return kLists[name] ?? null;
}

function show({ focus = true } = {}) {
  const parts = segments();
  const name = parts[0] in kLists ? parts[0] : "";
  page?.leave();
  page = new Page();
  page.title(t(`nav.${kNames[name] ?? name}`));
  const view = viewOf(parts);
  const main = $("main");
  main.className = name || "overview";
  replace(main, view ? view(page) : h("h1", { tabindex: -1 }, t("no_such_page")));
  for (const link of $("nav").querySelectorAll("a")) {
    if (link.dataset.name === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (!focus) return;
  main.querySelector("h1")?.focus({ preventScroll: true });
  scrollTo(0, 0);
}

// ---- What is always there ----

function drawNav() {
  const link = (name) =>
    h(
      "a",
      { href: `#/${name}`, "data-name": name },
      h("span", t(`nav.${kNames[name] ?? name}`)),
      name === "decisions" ? h("span", { class: "badge", id: "waiting" }) : null,
    );
  replace($("nav"), Object.keys(kLists).map(link));
}

function drawPaused() {
  const place = $("paused");
  place.hidden = !summary.paused;
  if (!summary.paused) return replace(place);
  replace(
    place,
    h(
      "div",
      h("strong", t("paused")),
      " ",
      own(summary.paused_reason ?? ""),
      summary.paused_hint ? h("p", daemonText(summary.paused_hint)) : null,
      summary.retry_at ? h("p.quiet", phrase("paused.retry", { at: since(summary.retry_at) })) : null,
    ),
    actButton("resume", () => resume(summary)),
  );
}

function drawSummary(next) {
  summary = next;
  replace($("mode"), h("span", t("mode"), " ", h("strong", t(`mode.${summary.mode}`))), summary.paused ? null : actButton("pause", pause));
  const waiting = summary.runs_awaiting_approval ?? 0;
  replace($("waiting"), waiting > 0 ? [number(waiting), h("span.unseen", ` ${t("waiting")}`)] : null);
  drawPaused();
  $("about").textContent = t("about", { version: summary.version ?? "", zone: zone() });
  for (const listener of page.listeners) listener(summary);
}

function drawConnection() {
  const banner = $("banner");
  banner.hidden = !connection.lost;
  banner.textContent = !connection.lost
    ? ""
    : connection.lastAnswerAt
      ? t("lost.since", { time: clockTime(connection.lastAnswerAt) })
      : t("no_connection");
}

function drawLive() {
  $("live").setAttribute("aria-pressed", String(isLive()));
}

function drawAll() {
  translate(document);
  drawNav();
  drawConnection();
  if (summary) queueMicrotask(() => drawSummary(summary));
  show({ focus: false });
}

function showKeys() {
  if (document.querySelector("dialog[open]")) return;
  const { root } = stamp("keys");
  translate(root);
  root.addEventListener("close", () => root.remove());
  document.body.append(root);
  root.showModal();
}

function applyTheme(theme) {
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

// ---- Keys ----

const kKeys = {
  "/": () => $("search-field").focus(),
  g: () => (location.hash = "#/groups"),
  r: () => (location.hash = "#/runs"),
  "?": showKeys,
};

function onKey(event) {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
  const press = Object.hasOwn(kKeys, event.key) ? kKeys[event.key] : null;
  if (!press) return;
  event.preventDefault();
  press();
}

function connect() {
  addEventListener("hashchange", () => show());
  addEventListener("keydown", onKey);
  connection.onChange(drawConnection);
  $("skip").addEventListener("click", (event) => {
    event.preventDefault();
    $("main").focus();
  });
  $("live").addEventListener("click", () => {
    setLive(!isLive());
    drawLive();
  });
  $("search").addEventListener("submit", (event) => {
    event.preventDefault();
    location.hash = `#/groups?${new URLSearchParams({ search: $("search-field").value.trim() })}`;
    $("search-field").value = "";
  });
  $("language").addEventListener("change", (event) => {
    setLanguage(event.target.value);
    drawAll();
  });
  $("theme").addEventListener("change", (event) => {
    remember(kKeptTheme, event.target.value);
    applyTheme(event.target.value);
  });
  $("show-keys").addEventListener("click", () => {
    $("menu").hidePopover();
    showKeys();
  });
  $("sign-out").addEventListener("click", signOut);
  setInterval(refreshAges, 5000);
}

chooseLanguage();
$("language").value = currentLanguage();
$("theme").value = remember(kKeptTheme) ?? "auto";
applyTheme($("theme").value);
connect();
drawAll();
drawLive();
watch(() => get("summary"), drawSummary, { period: 2000 });
