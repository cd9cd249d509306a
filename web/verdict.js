// The first sentence: is all well, and what waits for a person? From the summary alone; no text, no element.

const kRecent = 60 * 60 * 1000; // ms; a refused webhook older than this is history

const failures = (runs) => runs.failed + runs.partial;

// What is wrong or waits, the worst first: {tone: "bad" | "task" | "warn" | "info", key, params, to}.
export function findings(summary, now = Date.now()) {
  const found = [];
  const add = (tone, key, params = {}, to = null) => found.push({ tone, key, params, to });
  const { groups, blocked = {}, runs_last_day: runs, chat } = summary;

  if (summary.paused) add("bad", "now.paused");
  if (chat?.reachable === false) add("bad", "now.unreachable", { error: chat.error ?? "" });
  if (blocked.no_permission > 0) {
    add("bad", "now.no_permission", { n: blocked.no_permission }, "#/groups?state=blocked&reason=no_permission");
  }
  if (summary.runs_awaiting_approval > 0) add("task", "now.awaiting", { n: summary.runs_awaiting_approval }, "#/decisions");
  if (summary.removals_left === 0) add("warn", "now.no_removals_left", {}, "#/removals");
  if (failures(runs) > 0) add("warn", "now.failed", { n: failures(runs) }, "#/runs?state=failed,partial");
  if (blocked.implausible_data > 0) {
    add("warn", "now.implausible", { n: blocked.implausible_data }, "#/groups?state=blocked&reason=implausible_data");
  }
  if (summary.last_refusal && now - Date.parse(summary.last_refusal.at) < kRecent) {
    add("warn", "now.refused", { reason: summary.last_refusal.reason, peer: summary.last_refusal.peer });
  }
  const closed = summary.open === false;
  if (closed) add('info', summary.next_open_at ? 'now.closed' : 'now.closed_for_long', {at: summary.next_open_at});
  if (summary.stale_full > 0) {
    const acts = summary.mode === "prune" && !summary.paused;
    const key = acts ? (closed ? 'now.stale_closed' : 'now.stale') : 'now.stale_by_mode';
    add(acts && !closed ? 'warn' : 'info', key, {n: summary.stale_full}, '#/groups?stale=true&sort=oldest');
  }
  const others = (blocked.nobody_removable ?? 0) + (blocked.daily_limit ?? 0);
  if (others > 0) add("info", "now.blocked", { n: others }, "#/groups?state=blocked&reason=nobody_removable,daily_limit");
  if (summary.mode === "plan" && runs.planned > 0) add("info", "now.planned", { n: runs.planned }, "#/decisions");
  if (summary.mode === "observe" || summary.mode === "plan") add("info", `now.mode.${summary.mode}`);
  if (groups.full === 0 && groups.pruning === 0 && groups.blocked === 0) add("info", "now.nothing_full");
  return found;
}

// Of what was found, what stands in front: {tone, key, params}.
export function verdict(found) {
  const worst = found.find((one) => one.tone === "bad") ?? null;
  if (worst) return { tone: "bad", key: worst.key, params: worst.params };
  const task = found.find((one) => one.tone === "task");
  const warnings = found.filter((one) => one.tone === "warn").length;
  if (task) return { tone: "task", key: warnings > 0 ? "now.well_but_waits" : "now.well_and_waits", params: task.params };
  if (warnings > 0) return { tone: "warn", key: "now.look", params: { n: warnings } };
  return { tone: "good", key: "now.well", params: {} };
}
