// What the browser tests play on: a daemon that waits for approvals, beside a Chat with full groups, and a browser.

import assert from "node:assert/strict";
import { after } from "node:test";
import { go, launch } from "./browser.mjs";
import { until, World } from "./daemon.mjs";

export const kHostile = { id: "<img src=x onerror=alert(1)>", name: `"><script>alert(2)</script>\u202Etxt.exe`, prefix: "<b>u</b>'&amp;" };
export const kCrowd = "crowd/with #50%";  // of which more than fifty go

async function set() {
  const [world, browser] = await Promise.all([World.start({ "policy.target_headroom": "60", "policy.max_removals_per_run": "70" }), launch()]);
  await world.sim("groups", { group_id: kHostile.id, name: kHostile.name, max_members: 30, prefix: kHostile.prefix, active: 9, inactive: 20 });
  await world.sim("groups", { group_id: kCrowd, name: "Crowd", max_members: 601, prefix: "crowd", active: 400, inactive: 200 });
  for (const group of [kHostile.id, kCrowd]) await world.sim("join", { group_id: group, account: "one-too-many" });
  const groups = await world.fill(8);
  await until("all plans wait", async () => (await world.api("runs?state=awaiting_approval")).items.length >= 8);
  return { world, browser, groups };
}

export const stage = await set();

after(async () => {
  await stage.browser.close();
  await stage.world.stop();
});

// What a page has to be whatever was done in it.
export async function close(page) {
  assert.deepEqual(page.faults, []);
  assert.equal(await page.evaluate(() => document.documentElement.dataset.missing ?? ""), "", "texts that are missing");
  await page.context().close();
}

export const planOf = async (group) => (await stage.world.api(`groups/${encodeURIComponent(group)}/runs?state=awaiting_approval`)).items[0];
export const said = (page, text) => page.getByRole("status").filter({ hasText: text }).waitFor();
export const dialog = (page) => page.getByRole("dialog");
export const rows = (page) => page.locator("tbody tr").count();

const kViews = ["", "decisions", "groups", "groups?state=full&sort=fullest", "runs", "what-if", "filling", "removals", "events", "exemptions", "sweeps", "nodes", "audit", "config"];

// Each view of the dashboard, one after the other.
export async function everyView(page, look = async () => {}) {
  const group = encodeURIComponent(kHostile.id);
  const run = (await stage.world.api(`groups/${encodeURIComponent(kCrowd)}/runs`)).items.at(-1);
  const { items } = await stage.world.api(`runs/${run.id}/members?limit=1`);
  const views = [...kViews, `groups/${group}`, `runs/${run.id}`, `groups/${encodeURIComponent(kCrowd)}/members/${encodeURIComponent(items[0].account)}`, "no-such-view"];
  for (const view of views) {
    await go(page, view);
    await look(view);
  }
}
