// Calls of /api/v1: the token, entity tags, errors in words, and whether the daemon can be reached.

import { t } from "./i18n.js";
import { askForToken, currentToken, noteViewer } from "./session.js";

const kRoot = "api/v1/";
const kPatience = 20_000; // ms; the daemon gives up asking Chat after ten seconds
const kKeptAnswers = 60;

export class ApiError extends Error {
  constructor(status, title, detail) {
    super(detail || title || String(status));
    this.status = status;
    this.title = title;
  }
}
export class NoConnection extends Error {}

const answers = new Map(); // by path: the last answer with its tag, the oldest first
let lastAnswerAt = null;
let lost = false;
const listeners = new Set();

export const connection = {
  get lost() {
    return lost;
  },
  get lastAnswerAt() {
    return lastAnswerAt;
  },
  onChange(listener) {
    listeners.add(listener);
  },
};

function noteConnection(isLost) {
  if (!isLost) lastAnswerAt = new Date().toISOString();
  if (lost === isLost) return;
  lost = isLost;
  for (const listener of listeners) listener();
}

// Ids may hold anything: each is one encoded segment.
export const path = (...segments) => segments.map((segment) => encodeURIComponent(segment)).join("/");

function withQuery(where, query = {}) {
  const set = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return set.length === 0 ? where : `${where}?${new URLSearchParams(set)}`;
}

async function send(url, options, token = currentToken()) {
  const headers = { ...options.headers, Authorization: `Bearer ${token}` };
  try {
    const signal = AbortSignal.timeout(kPatience);
    return await fetch(kRoot + url, { ...options, headers, signal, cache: "no-store", credentials: "omit", redirect: "error" });
  } catch (error) {
    noteConnection(true);
    throw new NoConnection(t("no_connection"), { cause: error });
  }
}

async function problemOf(response) {
  const problem = await response.json().catch(() => ({}));
  return new ApiError(response.status, problem.title ?? response.statusText, problem.detail ?? "");
}

// Why a token is not good enough; null when it is.
async function tryToken(token) {
  try {
    const response = await send("summary", {}, token);
    noteConnection(false);
    return response.status === 200 ? null : response.status === 401 ? t("signin.wrong") : (await problemOf(response)).message;
  } catch (error) {
    return error.message;
  }
}

// As often as the daemon does not know the token (any more), somebody is asked for another one.
async function sendSigned(url, options = {}) {
  for (;;) {
    const used = currentToken();
    if (used === null) {
      await askForToken(tryToken, t("signin.first"));
      continue;
    }
    const response = await send(url, options);
    if (response.status !== 401) return response;
    if (used === currentToken()) await askForToken(tryToken, t("signin.expired"));
  }
}

function keep(url, answer) {
  answers.delete(url);
  answers.set(url, answer);
  if (answers.size > kKeptAnswers) answers.delete(answers.keys().next().value);
  return answer.data;
}

// The same object as last time while nothing has changed.
export async function get(where, query) {
  const url = withQuery(where, query);
  const known = answers.get(url);
  const response = await sendSigned(url, known ? { headers: { "If-None-Match": known.tag } } : {});
  if (response.status >= 502) {
    // a proxy's, or a daemon's that is stopping
    noteConnection(true);
    throw new NoConnection(t("no_connection"));
  }
  noteConnection(false);
  if (response.status === 304 && known) return keep(url, known);
  if (!response.ok) throw await problemOf(response);
  return keep(url, { tag: response.headers.get("ETag"), data: await response.json() });
}

// A key of the configuration in force.
export async function setting(key) {
  return (await get("config")).items.find((one) => one.key === key)?.value;
}

// Visible ASCII goes as it is; everything else, and `%`, percent-encoded.
const headerText = (text) => text.replace(/\p{Surrogate}/gu, "\ufffd").replace(/[^\x20-\x24\x26-\x7e]+/gu, encodeURIComponent);

// Not crypto.randomUUID: it is missing where the page came by plain http from another machine.
export const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");

// A change. `key` names it: sent again after a lost answer it is not done twice.
export async function change(method, where, { body, reason = "", key = newKey() } = {}) {
  const headers = { "Idempotency-Key": key };
  if (reason) headers["X-Headroom-Reason"] = headerText(reason);
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const response = await sendSigned(where, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  noteConnection(false);
  if (response.status === 403) noteViewer();
  if (!response.ok) throw await problemOf(response);
  return response.status === 204 ? null : response.json();
}
