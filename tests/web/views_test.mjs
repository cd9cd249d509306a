// What each view shows, in both languages and both sets of colours.

import assert from "node:assert/strict";
import { test } from "node:test";
import { axeFindings, go, open, settled } from "./browser.mjs";
import { until, viewerToken } from "./daemon.mjs";
import { load } from "./source.mjs";
import { close, everyView, kCrowd, kHostile, planOf, rows, stage } from "./stage.mjs";

test("the first sentence says what waits, and the plans say who would go, why and how long silent", async () => {
  const page = await open(stage.browser, stage.world);
  await page.getByRole("heading", { level: 1, name: /All is well\. \d plans wait for your decision/ }).waitFor();
  const card = page.getByRole("article").first();
  await card.getByText(/inactive, silent for \d+ days/).first().waitFor();
  await card.getByText("It waits for you because it was planned in mode approve.").waitFor();
  await card.getByText(/Left of the limits: all groups today: 1,000 · this group today: 200 · one run: 70/).waitFor();
  await page.getByRole("link", { name: /Decisions \d+ waiting/ }).waitFor();
  for (const name of ["Joins refused", "Groups filled", "Members removed"]) {
    await page.getByRole("img", { name: new RegExp(`^${name}: \\d+ in all`) }).waitFor();
    assert.equal(await page.getByRole("region", { name: `${name}, numbers` }).getByRole("row").count(), 25, "24 hours and a head");
  }
  await page.getByRole("button", { name: "30 days" }).click();
  await until("30 days and a head", async () => (await page.getByRole("region", { name: "Joins refused, numbers" }).getByRole("row").count()) === 31);
  await close(page);
});

for (const [language, theme, width] of [["en-GB", "light", 1280], ["zh-CN", "dark", 360]]) {
  test(`every view in ${language}, ${theme}, ${width} wide: axe finds nothing, and nothing is cut off`, async () => {
    const page = await open(stage.browser, stage.world, { language, theme, width });
    await everyView(page, async (view) => {
      assert.deepEqual(await axeFindings(page), [], view);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${view} is ${wide} too wide`);
      assert.equal(await page.getByRole("alert").filter({ visible: true }).count(), 0, `${view} has a problem`);
      assert.equal(await page.getByRole("heading", { level: 1 }).count(), 1, view);
    });
    await close(page);
  });
}

test("Chinese: nothing of the page is left in English", async () => {
  const page = await open(stage.browser, stage.world, { language: "zh-CN" });
  const english = (await load("en.js")).default;
  const texts = Object.values(english).flatMap((one) => (typeof one === "string" ? [one] : Object.values(one)));
  const sentences = texts.filter((one) => / /.test(one) && !one.includes("{")).map((one) => one.toLowerCase());
  await everyView(page, async (view) => {
    // What the daemon says in its own language is marked as that.
    const shown = await page.evaluate(() => {
      for (const one of document.querySelectorAll("main [lang=en]")) one.remove();
      return document.body.innerText.toLowerCase();
    });
    assert.deepEqual(sentences.filter((one) => shown.includes(one)), [], view);
  });
  await page.getByRole("button", { name: "菜单" }).click();
  await page.getByLabel("语言").selectOption("en");
  await page.getByRole("link", { name: "Groups", exact: true }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), "en");
  await page.reload();
  await page.getByRole("link", { name: "Groups", exact: true }).waitFor();
  await close(page);
});

test("names, ids, accounts and reasons that try to be markup are text", async () => {
  const reason = `<svg onload=alert(3)> "quoted" 100 % 理由`;
  await stage.world.api(`exemptions/members/${encodeURIComponent("<i>x</i>")}`, { method: "PUT", body: { reason } });
  const page = await open(stage.browser, stage.world, { where: "groups" });
  await page.getByText(`"><script>alert(2)</script>\\u202etxt.exe`).first().waitFor();
  await everyView(page, async (view) => {
    const made = await page.evaluate(() => document.querySelectorAll("main img, main script, main i, main b, main svg[onload]").length);
    assert.equal(made, 0, view);
  });
  await go(page, "exemptions");
  await page.getByText(reason).waitFor();
  await page.getByText("<i>x</i>").first().waitFor();
  await go(page, `runs/${(await planOf(kHostile.id)).id}`);
  await page.getByText("<b>u</b>'&amp;", { exact: false }).first().waitFor();
  await close(page);
  await stage.world.api(`exemptions/members/${encodeURIComponent("<i>x</i>")}`, { method: "DELETE" });
});

test("what another policy would have done: a changed value, the names, and one group now", async () => {
  const page = await open(stage.browser, stage.world, { where: "what-if" });
  await page.getByLabel("target_headroom").fill("3");
  await page.getByRole("button", { name: "Play it through" }).click();
  await page.getByText(/\d+ members would have been selected, where the runs selected \d+ \(runs: \d+\)\./).waitFor();
  const spared = page.locator("section", { has: page.getByRole("heading", { name: "Was selected, and would have stayed" }) });
  assert.ok((await spared.locator("tbody tr").count()) > 50);
  await spared.getByText("not needed").first().waitFor();

  await page.getByLabel("target_headroom").fill("soon");
  await page.getByRole("button", { name: "Play it through" }).click();
  await page.getByRole("alert").filter({ hasText: "target_headroom" }).waitFor();

  await go(page, `what-if?group_id=${encodeURIComponent(kHostile.id)}`);
  await page.getByLabel("target_headroom").fill("3");
  await page.getByRole("button", { name: "Play it through" }).click();
  await page.getByText("3 members would go now.").waitFor();
  assert.equal(await rows(page), 3);
  await page.getByRole("cell", { name: kHostile.prefix }).first().waitFor();
  await close(page);
});

test("a viewer may ask what another policy would have done", async () => {
  const page = await open(stage.browser, stage.world, { where: "what-if", token: viewerToken });
  await page.getByRole("button", { name: "Play it through" }).click();
  await page.getByText(/members would have been selected/).waitFor();
  await close(page);
});

test("groups are searched, filtered and linked to by their address", async () => {
  const page = await open(stage.browser, stage.world, { where: "groups" });
  await page.getByLabel("Search", { exact: true }).fill("crowd");
  await until("one row is left", async () => (await rows(page)) === 1);
  await page.getByRole("link", { name: "Crowd" }).waitFor();
  await page.reload();
  await settled(page);
  assert.equal(await rows(page), 1);
  await page.getByLabel("Search", { exact: true }).fill("");
  await page.getByLabel("State").selectOption("gone");
  await page.getByText("No group matches.").waitFor();
  await close(page);
});

test("a run's members are filtered, also by what the server can not", async () => {
  const page = await open(stage.browser, stage.world, { where: `runs/${(await planOf(kCrowd)).id}` });
  await page.getByLabel("Decision").selectOption("remove");
  await until("only who goes", async () => (await rows(page)) > 0 && (await page.locator("tbody").getByText("keep", { exact: true }).count()) === 0);
  await page.getByLabel("Decision").selectOption("");
  await page.getByLabel("Why").selectOption("active");
  await until("only who is active", async () => (await page.locator("tbody").getByText("inactive", { exact: true }).count()) === 0);
  await page.getByLabel("Search", { exact: true }).fill("no-such-account");
  await page.getByText("No member matches.").waitFor();
  await close(page);
});

test("why a member stays or goes: every rule with its verdict", async () => {
  const page = await open(stage.browser, stage.world, { where: `groups/${encodeURIComponent(kCrowd)}` });
  await page.getByLabel("Account").fill("crowd-owner-1");
  await page.getByRole("button", { name: "Ask about this member" }).click();
  await page.getByText("This member stays: owner.").waitFor();
  const rules = page.getByRole("table", { name: "Every rule and its verdict" });
  assert.equal(await rules.getByRole("row").count(), 12);
  await rules.getByRole("row", { name: /owner keeps role Owner/ }).waitFor();
  await close(page);
});
