// The filters of a list: their values stand in the page's address, so that a list can be linked to and found again.

import { h } from "./dom.js";
import { has, t, word } from "./i18n.js";

const kTypingPause = 300; // ms

export function readFilters() {
  const mark = location.hash.indexOf("?");
  return Object.fromEntries(new URLSearchParams(mark < 0 ? "" : location.hash.slice(mark + 1)));
}

function write(values) {
  const set = Object.entries(values).filter(([, value]) => value);
  const where = location.hash.split("?")[0] || "#/";
  // No new page is shown for it: the list alone changes.
  history.replaceState(null, "", set.length === 0 ? where : `${where}?${new URLSearchParams(set)}`);
}

const label = (name) => t(has(`filter.${name}`) ? `filter.${name}` : name);

function choice({ name, kind, options, show = (one) => word(kind, one), unset = () => t(name === "sort" ? "sort" : "any") }, values, changed) {
  const select = h(
    "select",
    { name, onchange: () => changed(name, select.value) },
    h("option", { value: "" }, unset()),
    options.map((one) => h("option", { value: one, selected: values[name] === one }, show(one))),
  );
  // A link may have set several at once.
  if (values[name] && !options.includes(values[name])) {
    select.append(
      h(
        "option",
        { value: values[name], selected: true },
        values[name]
          .split(",")
          .map(show)
          .join(", "),
      ),
    );
  }
  return h("label", h("span", label(name)), select);
}

function typed(name, values, changed) {
  let timer;
  const input = h("input", { name, type: "search", maxlength: 128, autocomplete: "off", spellcheck: "false", value: values[name] ?? "" });
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => changed(name, input.value), kTypingPause);
  });
  return h("label", h("span", label(name)), input);
}

function day(name, values, changed) {
  const input = h("input", { name, type: "date", value: values[name] ?? "", onchange: () => changed(name, input.value) });
  return h("label", h("span", label(name)), input);
}

function tick(name, values, changed) {
  const input = h("input", {
    name,
    type: "checkbox",
    checked: values[name] === "true",
    onchange: () => changed(name, input.checked ? "true" : ""),
  });
  return h("label.tick", input, h("span", label(name)));
}

// fields: ["search", {name, kind, options}, {name, options, show, unset}, {name, day}, {name, tick}…]. `changed` is called after each change.
export function filterBar(fields, changed) {
  const values = readFilters();
  const set = (name, value) => {
    values[name] = value;
    write(values);
    changed(values);
  };
  const make = (one) =>
    typeof one === "string"
      ? typed(one, values, set)
      : one.options
        ? choice(one, values, set)
        : one.day
          ? day(one.name, values, set)
          : tick(one.name, values, set);
  const root = h(
    "form",
    { class: "filters", role: "search", "aria-label": t("filters"), onsubmit: (event) => event.preventDefault() },
    fields.map(make),
  );
  return { root, values };
}

// A day of the reader's zone as the API's times: from its beginning, or to its end.
export const dayStart = (text) => (text ? new Date(`${text}T00:00:00`).toISOString() : undefined);
export function dayEnd(text) {
  if (!text) return undefined;
  const next = new Date(`${text}T00:00:00`);
  next.setDate(next.getDate() + 1);
  return next.toISOString();
}
