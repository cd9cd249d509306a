// The token that was typed: kept until the tab is closed, never in a URL.

import { stamp } from "./dom.js";
import { t, translate } from "./i18n.js";

const kKept = "headroom.token";

let token = sessionStorage.getItem(kKept);
let refused = false; // by the daemon: the token may look and not change
let asking = null;

export const currentToken = () => token;
export const isViewer = () => refused;

export function noteViewer() {
  refused = true;
  document.documentElement.classList.add("viewer");
}

function keep(next) {
  token = next;
  refused = false;
  document.documentElement.classList.remove("viewer");
  if (next === null) sessionStorage.removeItem(kKept);
  else sessionStorage.setItem(kKept, next);
}

export function signOut() {
  keep(null);
  location.reload();
}

// Resolves when somebody has typed a token that `accepts`. What stands on the page stays there meanwhile.
export function askForToken(accepts, why) {
  asking ??= new Promise((resolve) => {
    const { root, parts } = stamp("sign-in");
    translate(root);
    parts.why.textContent = why;
    const fail = (text) => {
      parts.error.textContent = text;
      parts.token.setAttribute("aria-invalid", "true");
      parts.token.focus();
    };
    // There is nothing to go back to. A browser that closes it all the same (on a second Esc) gets it again.
    root.addEventListener("cancel", (event) => event.preventDefault());
    root.addEventListener("close", () => root.isConnected && root.showModal());
    parts.form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const typed = parts.token.value.trim();
      if (!/^[\x21-\x7e]+$/.test(typed)) return fail(t("signin.bad"));
      parts.send.disabled = true;
      const problem = await accepts(typed);
      parts.send.disabled = false;
      if (problem) return fail(problem);
      keep(typed);
      root.remove();
      asking = null;
      resolve();
    });
    document.body.append(root);
    root.showModal();
    parts.token.focus();
  });
  return asking;
}
