// What an operator may do, and what the dialogs ask before.

import assert from "node:assert/strict";
import { test } from "node:test";
import { go, open } from "./browser.mjs";
import { until, viewerToken } from "./daemon.mjs";
import { close, dialog, everyView, kCrowd, planOf, said, stage } from "./stage.mjs";

test("approve: the dialog says whom and how many, asks for the number above 50, and sends a key and the reason", async () => {
  const run = await planOf(kCrowd);
  assert.ok(run.selected > 50, String(run.selected));
  const page = await open(stage.browser, stage.world, { where: `runs/${run.id}` });
  let sent;
  page.on("request", (request) => {
    if (request.method() === "POST") sent = request.headers();
  });
  await page.getByRole("button", { name: "Approve" }).click();
  const box = dialog(page);
  await box.getByText(`Crowd (${kCrowd})`).waitFor();
  await box.getByText(`${run.selected} of 601`).waitFor();
  assert.equal(await box.getByText(/silent for \d+ days/).count(), 3, "the first three accounts");
  await box.getByText("all groups today: 1,000").waitFor();
  await box.getByText("“Restore” adds them back", { exact: false }).waitFor();
  const send = box.getByRole("button", { name: `Remove ${run.selected} members` });
  await send.click();
  await box.getByText(`The number to type is ${run.selected}.`).waitFor();
  assert.equal(sent, undefined, "nothing was sent without it");
  await box.getByLabel(/Type the number/).fill(String(run.selected));
  await box.getByLabel(/Reason/).fill("spring 100 % 清理");
  await send.click();
  await said(page, `Run ${run.id} is approved.`);
  assert.match(sent["idempotency-key"], /^[0-9a-f]{32}$/);
  assert.equal(sent["x-headroom-reason"], "spring 100 %25 %E6%B8%85%E7%90%86");
  await page.getByText(`${run.selected} members removed`).waitFor({ timeout: 20_000 });
  assert.equal((await stage.world.api("audit?limit=1")).items[0].reason, "spring 100 % 清理");
  await close(page);
});

test("restore is offered where somebody was removed, and the story tells of both", async () => {
  const [run] = (await stage.world.api(`groups/${encodeURIComponent(kCrowd)}/runs?state=succeeded`)).items;
  const page = await open(stage.browser, stage.world, { where: `runs/${run.id}` });
  await page.getByRole("button", { name: "Restore" }).click();
  const box = dialog(page);
  await box.getByText("Room for").waitFor();
  await box.getByLabel(/Type the number/).fill(String(run.removed));
  await box.getByRole("button", { name: /Add \d+ members back/ }).click();
  await said(page, /Run \d+ adds them back\./);
  await until("they are back", async () => (await stage.world.api(`runs?group_id=${encodeURIComponent(kCrowd)}`)).items.some((one) => one.mode === "restore" && one.restored > 0));
  await go(page, `groups/${encodeURIComponent(kCrowd)}`);
  for (const text of [/The group was full/, /Room again/, `${run.removed} members removed:`, /members restored/]) await page.locator(".line").getByText(text).first().waitFor();
  const waiting = await open(stage.browser, stage.world, { where: `runs/${(await planOf(stage.groups[0])).id}` });
  assert.equal(await waiting.getByRole("button", { name: "Restore" }).count(), 0, "nobody was removed there");
  await close(waiting);
  await close(page);
});

test("reject ends a plan", async () => {
  const page = await open(stage.browser, stage.world, { where: "decisions" });
  const run = await planOf(stage.groups[0]);
  const card = page.locator(`[data-run="${run.id}"]`);
  await card.getByRole("button", { name: "Reject" }).click();
  await dialog(page).getByRole("button", { name: "Reject" }).click();
  await said(page, `Run ${run.id} is rejected.`);
  await card.waitFor({ state: "detached" });
  assert.equal((await stage.world.api(`runs/${run.id}`)).state, "rejected");
  await close(page);
});

test("a plan that is wanted now is made and shown", async () => {
  const page = await open(stage.browser, stage.world, { where: `groups/${encodeURIComponent(stage.groups[0])}` });
  await page.getByRole("button", { name: "Plan a run" }).click();
  await dialog(page).getByRole("button", { name: "Make the plan" }).click();
  await page.waitForURL(/#\/runs\/\d+$/);
  await page.getByText(/member(s)? would go/).first().waitFor();
  await page.getByRole("button", { name: "Approve" }).waitFor();
  await close(page);
});

test("exempt and lift, of a group and of an account, with a reason and an end", async () => {
  const group = stage.groups[1];
  const page = await open(stage.browser, stage.world, { where: `groups/${encodeURIComponent(group)}` });
  await page.getByRole("button", { name: "Exempt" }).click();
  const box = dialog(page);
  await box.getByRole("button", { name: "Exempt" }).click();
  await box.getByText("Please give a reason").waitFor();
  await box.getByLabel("Reason").fill("holiday");
  await box.getByLabel(/Until/).fill("2020-01-01T10:00");
  await box.getByRole("button", { name: "Exempt" }).click();
  await box.getByText("The end lies in the past.").waitFor();
  await box.getByLabel(/Until/).fill("2099-01-01T10:00");
  await box.getByRole("button", { name: "Exempt" }).click();
  await said(page, "The exemption is in force.");
  const kept = (await stage.world.api("exemptions")).items.find((one) => one.id === group);
  assert.deepEqual([kept.kind, kept.reason, kept.expires_at], ["group", "holiday", "2099-01-01T02:00:00.000Z"], "the reader's ten o'clock");
  await page.getByRole("button", { name: "Lift exemption" }).click();
  await dialog(page).getByRole("button", { name: "Lift exemption" }).click();
  await said(page, "The exemption is lifted.");
  await go(page, "exemptions");
  await page.getByRole("button", { name: "New exemption" }).click();
  await dialog(page).getByLabel("Kind").selectOption("member");
  await dialog(page).getByLabel("Id").fill("who/ever #1");
  await dialog(page).getByLabel("Reason").fill("VIP");
  await dialog(page).getByRole("button", { name: "Exempt" }).click();
  await page.getByRole("row", { name: /who\/ever #1 VIP/ }).waitFor();
  await close(page);
});

test("pause asks for a reason, stands on every page, and resume ends it", async () => {
  const page = await open(stage.browser, stage.world, { where: "groups" });
  await page.getByRole("button", { name: "Pause" }).click();
  await dialog(page).getByRole("button", { name: "Pause" }).click();
  await dialog(page).getByText("Please give a reason").waitFor();
  await dialog(page).getByLabel("Reason").fill("<b>maintenance</b>");
  await dialog(page).getByRole("button", { name: "Pause" }).click();
  await said(page, "headroom is paused.");
  await page.locator("#paused").getByText("<b>maintenance</b>").waitFor();
  await go(page, "");
  await page.getByRole("heading", { level: 1, name: "headroom is paused: nobody is removed." }).waitFor();
  const run = await planOf(stage.groups[2]);
  await go(page, `runs/${run.id}`);
  await page.getByRole("button", { name: "Approve" }).click();
  await dialog(page).getByRole("button", { name: /^Remove/ }).click();
  await dialog(page).getByRole("alert").filter({ hasText: /paused/ }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Resume" }).click();
  await dialog(page).getByRole("button", { name: "Resume" }).click();
  await page.locator("#paused").waitFor({ state: "hidden" });
  await close(page);
});

test("a sweep is started and its counts appear", async () => {
  const page = await open(stage.browser, stage.world, { where: "sweeps" });
  await page.getByRole("button", { name: "Start a sweep" }).click();
  await dialog(page).getByLabel("What it does").selectOption("dry");
  await dialog(page).getByRole("button", { name: "Start" }).click();
  await page.getByRole("row", { name: /Sweep \d+ finished only counts \d+ \d+/ }).waitFor({ timeout: 20_000 });
  await close(page);
});

test("a viewer looks and changes nothing, and is told so", async () => {
  const before = (await stage.world.api("audit?limit=1")).items[0].id;
  const page = await open(stage.browser, stage.world, { where: "exemptions", token: viewerToken });
  await page.getByRole("button", { name: "New exemption" }).click();
  await dialog(page).getByLabel("Id").fill("x");
  await dialog(page).getByLabel("Reason").fill("x");
  await dialog(page).getByRole("button", { name: "Exempt" }).click();
  await dialog(page).getByText("This token may look, and not change").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Pause" }).click();
  await said(page, "This token may look, and not change");
  assert.equal(await dialog(page).count(), 0, "once known, no dialog opens for nothing");
  await everyView(page);
  assert.equal((await stage.world.api("audit?limit=1")).items[0].id, before);
  await close(page);
});

test("an answer that was lost: sent again with the same key", async () => {
  const page = await open(stage.browser, stage.world, { where: "sweeps" });
  const keys = [];
  await page.route("**/api/v1/scheduler/pause", async (route) => {
    keys.push(route.request().headers()["idempotency-key"]);
    if (keys.length > 1) return route.continue();
    await route.fetch();
    return route.abort("connectionreset");
  });
  await page.getByRole("button", { name: "Pause" }).click();
  await dialog(page).getByLabel("Reason").fill("twice");
  await dialog(page).getByRole("button", { name: "Pause" }).click();
  await dialog(page).getByText("Sent again it is not done twice.").waitFor();
  await dialog(page).getByRole("button", { name: "Pause" }).click();
  await said(page, "headroom is paused.");
  assert.equal(keys.length, 2);
  assert.equal(keys[0], keys[1]);
  assert.equal((await stage.world.api("audit?limit=50")).items.filter((one) => one.action === "pause" && one.reason === "twice").length, 1);
  await stage.world.api("scheduler/resume", { method: "POST" });
  await close(page);
});
