// Times in the reader's zone, lengths of time, shares.

import { h } from "./dom.js";
import { locale, t } from "./i18n.js";

const kSecond = 1000;
const kMinute = 60 * kSecond;
const kHour = 60 * kMinute;
const kDay = 24 * kHour;
const kUnits = [
  ["day", kDay],
  ["hour", kHour],
  ["minute", kMinute],
  ["second", kSecond],
];

const format = (options, iso) => new Intl.DateTimeFormat(locale(), options).format(new Date(iso));

export const clockTime = (iso) => format({ timeStyle: "medium" }, iso);
export const dateTime = (iso) => format({ dateStyle: "medium", timeStyle: "short" }, iso);
export const fullTime = (iso) => format({ dateStyle: "full", timeStyle: "long" }, iso);
export const hourOf = (iso) => format({ weekday: "short", hour: "numeric", minute: "2-digit" }, iso);
export const dayOf = (iso) => format({ month: "short", day: "numeric" }, iso);

// The largest unit of which there is at least one (two of days, so that a day is 24 to 47 hours).
function inUnits(ms) {
  const size = Math.abs(ms);
  const [unit, length] = kUnits.find(([name, one]) => size >= (name === "day" ? 2 * one : one)) ?? kUnits.at(-1);
  return { unit, n: Math.trunc(ms / length) };
}

export function duration(ms) {
  const { unit, n } = inUnits(Math.max(0, ms));
  return new Intl.NumberFormat(locale(), { style: "unit", unit, unitDisplay: "long" }).format(n);
}

export function ago(iso, now = Date.now()) {
  const { unit, n } = inUnits(new Date(iso) - now);
  return new Intl.RelativeTimeFormat(locale(), { numeric: "auto", style: "short" }).format(n, unit);
}

// A time as the reader's clock shows it.
export function at(iso, show = dateTime) {
  if (!iso) return t("none");
  return h("time", { datetime: iso, title: fullTime(iso) }, show(iso));
}

// A day of UTC, the same for every reader.
export const calendarDay = (day) => h("time", { datetime: day }, format({ dateStyle: "medium", timeZone: "UTC" }, day));

// How long ago or ahead; it is kept true while it stands on the page.
export function since(iso) {
  if (!iso) return t("none");
  return h("time", { datetime: iso, title: fullTime(iso), "data-ago": "" }, ago(iso));
}

export function refreshAges(root = document) {
  for (const element of root.querySelectorAll("time[data-ago]")) {
    const text = ago(element.dateTime);
    if (element.textContent !== text) element.textContent = text;
  }
}

// "24h", "1h30m", "7d", "500ms" as the daemon writes them.
export function milliseconds(text) {
  const lengths = { ms: 1, s: kSecond, m: kMinute, h: kHour, d: kDay, y: 365 * kDay };
  let sum = 0;
  for (const [, count, unit] of String(text ?? "").matchAll(/(\d+)(ms|s|m|h|d|y)/g)) sum += Number(count) * lengths[unit];
  return sum;
}

// The last sign of life of a member of a run.
export function silence(member, now = Date.now()) {
  const times = [member.joined_at, member.last_sent_at].filter(Boolean).map((iso) => Date.parse(iso));
  return times.length === 0 ? t("none") : duration(now - Math.max(...times));
}

export const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
