// Every text of the page stands in one table per language, en.js and zh.js.

import en from "./en.js";
import zh from "./zh.js";

// {menu: {"": "Menu", theme: "Colours"}} is "menu" and "menu.theme".
const flat = (table, prefix = "") =>
  Object.entries(table).flatMap(([key, value]) => {
    const name = [prefix, key].filter(Boolean).join(".");
    return typeof value === "string" ? [[name, value]] : flat(value, name);
  });

const kTables = { en: Object.fromEntries(flat(en)), zh: Object.fromEntries(flat(zh)) };
const kLocales = { en: "en", zh: "zh-CN" };
const kKept = "headroom.language";

let language = "en";
let rules = new Intl.PluralRules("en");
const missing = new Set();

// What a browser refuses to keep is asked again next time.
export function remember(key, value) {
  try {
    if (value === undefined) return localStorage.getItem(key);
    localStorage.setItem(key, value);
  } catch {
    // no storage: nothing is kept
  }
  return null;
}

export const languages = Object.keys(kTables);
export const currentLanguage = () => language;
// With the reader's own region where the language is theirs: 24 hours or twelve, day or month first.
export const locale = () => navigator.languages?.find((one) => one.toLowerCase().startsWith(language)) ?? kLocales[language];

export function chooseLanguage(wanted = remember(kKept) ?? (navigator.languages?.[0] ?? "en").slice(0, 2)) {
  language = wanted in kTables ? wanted : "en";
  rules = new Intl.PluralRules(kLocales[language]);
  document.documentElement.lang = kLocales[language];
}

export function setLanguage(wanted) {
  remember(kKept, wanted);
  chooseLanguage(wanted);
}

export const number = (value) => new Intl.NumberFormat(locale()).format(value);

function find(key, params) {
  const table = kTables[language];
  const text =
    table[key] ?? (params.n === undefined ? undefined : (table[`${key}.${rules.select(Number(params.n))}`] ?? table[`${key}.other`]));
  if (text === undefined) {
    missing.add(key);
    document.documentElement.dataset.missing = [...missing].join(" "); // for the tests
  }
  return text ?? key;
}

// `{name}` is replaced by params.name; `n` chooses the plural.
export function t(key, params = {}) {
  return find(key, params).replace(/\{(\w+)\}/g, (_, name) => {
    const value = params[name] ?? "";
    return typeof value === "number" ? number(value) : value;
  });
}

// The same where params may be elements: a list of nodes and texts.
export function phrase(key, params = {}) {
  return find(key, params)
    .split(/\{(\w+)\}/)
    .map((part, i) => (i % 2 === 0 ? part : typeof params[part] === "number" ? number(params[part]) : (params[part] ?? "")));
}

export const has = (key) => key in kTables[language];

// A word of the API, in the reader's language if it is known.
export function word(kind, value) {
  if (value === null || value === undefined || value === "") return "";
  const code = /^chat_error_(\d+)$/.exec(value);
  if (code) return t("reason.chat_error", { code: code[1] });
  return has(`${kind}.${value}`) ? t(`${kind}.${value}`) : String(value);
}

// The texts that stand in the page itself.
export function translate(root) {
  for (const element of root.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
  for (const element of root.querySelectorAll("[data-t-label]")) element.setAttribute("aria-label", t(element.dataset.tLabel));
  for (const element of root.querySelectorAll("[data-t-hint]")) element.setAttribute("placeholder", t(element.dataset.tHint));
  for (const template of root.querySelectorAll("template")) translate(template.content);
}
