// Elements are made here and nowhere else. Text goes in as text nodes, so that no name can become markup.

const kSvg = "http://www.w3.org/2000/svg";

const isPlain = (value) => value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype;

function fill(element, children) {
  if (isPlain(children[0])) {
    for (const [name, value] of Object.entries(children.shift())) {
      if (value === undefined || value === null || value === false) continue;
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

// h("p.quiet", {id: "x"}, text, element, [more]): the classes and the attributes may be left out.
export function h(what, ...children) {
  const [tag, ...classes] = what.split(".");
  const element = document.createElement(tag);
  if (classes.length > 0) element.className = classes.join(" ");
  return fill(element, children);
}
export const svg = (tag, ...children) => fill(document.createElementNS(kSvg, tag), children);

// What a template holds; its parts by their data-part.
export function stamp(id) {
  const root = document.getElementById(id).content.firstElementChild.cloneNode(true);
  const parts = {};
  for (const element of root.querySelectorAll("[data-part]")) parts[element.dataset.part] = element;
  return { root, parts };
}

// Control characters and overrides of the writing direction, by which a name could look like another one.
const kUnseen = /[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

export function visible(text) {
  return String(text).replace(kUnseen, (c) => {
    const code = c.charCodeAt(0);
    return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

// Somebody else's words (an id, a name, a reason): as they are, whatever their direction.
export const own = (text, attributes = {}) => h("bdi", attributes, visible(text));

// What the daemon says in its own language.
export const daemonText = (text) => h("span", { lang: "en" }, visible(text));

// What could not be had, in words.
export const trouble = (error) => h("p", { class: "problem", role: "alert" }, error.message);

const alike = (place, one) =>
  [...place.querySelectorAll(one.localName)].filter(
    (other) => other.getAttribute("href") === one.getAttribute("href") && other.textContent === one.textContent,
  );

// New children for a place, with the focus left where it was as far as that is still there.
export function replace(place, ...children) {
  const focused = place.contains(document.activeElement) ? document.activeElement : null;
  const nth = focused ? alike(place, focused).indexOf(focused) : -1;
  place.replaceChildren(...children.flat(Infinity).filter(Boolean));
  if (nth >= 0) alike(place, focused)[nth]?.focus({ preventScroll: true });
}
