// The dialog before a change: what will happen, to whom, what is left of the limits, whether it can be undone, and why.

import { newKey, NoConnection } from "./api.js";
import { h, stamp } from "./dom.js";
import { number, t, translate } from "./i18n.js";
import { refreshAll } from "./live.js";
import { isViewer } from "./session.js";

const kTypedAbove = 50; // members: then the number has to be typed

export function say(text) {
  const status = document.getElementById("status");
  status.textContent = text;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => (status.textContent = ""), 8000);
}

function field(label, input, hint) {
  return h("label", h("span", label), input, hint ? h("small.quiet", hint) : null);
}

// What has to be filled in: [{name, label, input, problem() → text or null}].
function fieldsOf(spec) {
  const fields = (spec.fields ?? []).map((one) => ({ ...one }));
  if (spec.number > kTypedAbove) {
    const input = h("input", { name: "number", inputmode: "numeric", autocomplete: "off" });
    const problem = () => (input.value.replace(/\D/g, "") === String(spec.number) ? null : t("act.number_wrong", { number: spec.number }));
    fields.push({ name: "number", label: t("act.number", { number: spec.number }), input, problem });
  }
  if (spec.reason) {
    const input = h("input", { name: "reason", maxlength: 300, autocomplete: "off" });
    const problem = () => (spec.reason === "required" && !input.value.trim() ? t("act.reason_missing") : null);
    fields.push({ name: "reason", label: t(spec.reason === "required" ? "reason" : "reason_optional"), input, problem });
  }
  return fields;
}

// A button that opens a dialog; a viewer's is there, and says why it does nothing.
export function actButton(label, open, kind = "") {
  const press = async () => {
    if (isViewer()) return say(t("act.viewer"));
    try {
      await open();
    } catch (error) {
      say(error.message); // what the dialog would have shown could not be had
    }
  };
  return h("button", { type: "button", class: kind, "data-act": "", onclick: press }, t(label));
}

// spec: title, body (nodes), number, reason ("required", "optional" or nothing), fields, send label `confirm`, `danger`,
// call({reason, key, values}) → promise, done(answer) → text. Resolves with whether it was done.
export function act(spec) {
  return new Promise((resolve) => {
    const { root, parts } = stamp("act");
    translate(root);
    const fields = fieldsOf(spec);
    parts.title.textContent = spec.title;
    parts.body.append(...(spec.body ?? []).filter(Boolean));
    parts.fields.append(...fields.map((one) => field(one.label, one.input, one.hint)));
    parts.send.textContent = spec.confirm;
    parts.send.classList.toggle("danger", Boolean(spec.danger));
    let done = false;
    let key = { of: null };

    const send = async () => {
      const values = Object.fromEntries(fields.map((one) => [one.name, one.input.value.trim()]));
      const of = JSON.stringify(values);
      if (key.of !== of) key = { of, name: newKey() }; // the same words sent again are the same change
      parts.error.textContent = "";
      parts.send.disabled = true;
      try {
        const answer = await spec.call({ reason: values.reason ?? "", key: key.name, values });
        done = true;
        root.close();
        say(spec.done(answer));
        refreshAll();
      } catch (error) {
        parts.error.textContent = error instanceof NoConnection ? t("act.lost") : error.status === 403 ? t("act.viewer") : error.message;
        parts.send.disabled = false;
      }
    };
    parts.form.addEventListener("submit", (event) => {
      event.preventDefault();
      for (const one of fields) {
        const problem = one.problem?.() ?? null;
        if (problem === null) one.input.removeAttribute("aria-invalid");
        else one.input.setAttribute("aria-invalid", "true");
        if (problem !== null) {
          parts.error.textContent = problem;
          one.input.focus();
          return;
        }
      }
      send();
    });
    parts.cancel.addEventListener("click", () => root.close());
    root.addEventListener("close", () => {
      root.remove();
      resolve(done);
    });
    document.body.append(root);
    root.showModal();
    (fields[0]?.input ?? parts.cancel).focus();
  });
}

// Rows of "what: how much" for a dialog or a page.
export const facts = (rows) =>
  h(
    "dl.facts",
    rows.filter(Boolean).map(([label, value]) => h("div", h("dt", t(label)), h("dd", typeof value === "number" ? number(value) : value))),
  );
