// What holds for every view: sign in, keys, times, sizes, and what happens when the daemon or its token goes.

import assert from "node:assert/strict";
import fs from "node:fs";
import { test } from "node:test";
import { open, settled } from "./browser.mjs";
import { operatorToken, until } from "./daemon.mjs";
import { close, dialog, planOf, rows, said, stage } from "./stage.mjs";

test("sign in: a wrong token is told so, a good one is kept for this tab and stands in no address", async () => {
  const page = await open(stage.browser, stage.world, { token: null });
  const addresses = [];
  page.on("request", (request) => addresses.push(request.url()));
  await page.keyboard.press("Escape");
  await dialog(page).getByText("Sign in to headroom").waitFor();
  await page.getByLabel("Admin token").fill("not the token");
  await page.keyboard.press("Enter");
  await dialog(page).getByText("A token has visible ASCII characters only").waitFor();
  await page.getByLabel("Admin token").fill("not-the-token");
  await page.keyboard.press("Enter");
  await dialog(page).getByText("headroomd does not know this token.").waitFor();
  await page.getByLabel("Admin token").fill(operatorToken);
  await page.keyboard.press("Enter");
  await dialog(page).waitFor({ state: "detached" });
  await settled(page);
  await page.reload();
  await settled(page);
  assert.deepEqual(await page.evaluate(() => [Object.keys(sessionStorage), Object.keys(localStorage)]), [["headroom.token"], []]);
  assert.ok(addresses.every((url) => url.startsWith(stage.world.url) && !url.includes("token")), "no other address, no token");
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await dialog(page).getByText("Sign in to headroom").waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  await close(page);
});

test("the colours follow the system, or what was chosen", async () => {
  const page = await open(stage.browser, stage.world, { theme: "dark" });
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await background();
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByLabel("Colours").selectOption("light");
  const light = await background();
  assert.notEqual(light, dark);
  await page.reload();
  await settled(page);
  assert.equal(await background(), light);
  await close(page);
});

test("4K and 360 wide: the frame fits", async () => {
  for (const width of [360, 768, 3840]) {
    const page = await open(stage.browser, stage.world, { width });
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width, String(width));
    assert.ok(await page.getByRole("button", { name: "Live" }).isVisible());
    await close(page);
  }
});

test("times are the reader's, not the daemon's", async () => {
  const shanghai = await open(stage.browser, stage.world, { where: "events", zone: "Asia/Shanghai" });
  const tokyo = await open(stage.browser, stage.world, { where: "events", zone: "America/New_York" });
  const first = (page) => page.locator("main time").first();
  assert.equal(await first(shanghai).getAttribute("datetime"), await first(tokyo).getAttribute("datetime"));
  assert.notEqual(await first(shanghai).textContent(), await first(tokyo).textContent());
  await shanghai.getByText("times in Asia/Shanghai").waitFor();
  await close(shanghai);
  await close(tokyo);
});

test("keys: search, groups, runs, the list of keys, close; none while somebody types", async () => {
  const page = await open(stage.browser, stage.world);
  const hash = () => page.evaluate(() => location.hash);
  await page.keyboard.press("g");
  await page.waitForURL(/#\/groups$/);
  await page.keyboard.press("r");
  await page.waitForURL(/#\/runs$/);
  await page.keyboard.press("?");
  await dialog(page).getByText("search groups").waitFor();
  await page.keyboard.press("g");
  assert.equal(await hash(), "#/runs", "not behind a dialog");
  await page.keyboard.press("Escape");
  await dialog(page).waitFor({ state: "detached" });
  await page.keyboard.press("Control+g");
  assert.equal(await hash(), "#/runs", "not with a modifier: those are the browser's");
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.id), "search-field");
  await page.keyboard.type("gr?/ crowd");
  assert.equal(await page.inputValue("#search-field"), "gr?/ crowd");
  assert.equal(await hash(), "#/runs");
  await page.fill("#search-field", "crowd");
  await page.keyboard.press("Enter");
  await page.waitForURL(/#\/groups\?search=crowd$/);
  await page.getByRole("link", { name: "Crowd" }).waitFor();
  await close(page);
});

test("by keyboard alone: sign in, to a plan, approve it", async () => {
  const run = await planOf(stage.groups[3]);
  const page = await open(stage.browser, stage.world, { token: null });
  await dialog(page).waitFor();
  await page.keyboard.type(operatorToken);
  await page.keyboard.press("Enter");
  await dialog(page).waitFor({ state: "detached" });
  await settled(page);
  const focused = () => page.evaluate(() => { const one = document.activeElement; return `${one.localName} ${one.textContent.trim() || one.id}`; });
  const tabTo = async (what) => {
    for (let i = 0; i < 80; ++i) {
      await page.keyboard.press("Tab");
      if (what.test(await focused())) return;
    }
    assert.fail(`the Tab key does not come to ${what}`);
  };
  await page.keyboard.press("r");
  await page.waitForURL(/#\/runs$/);
  await settled(page);
  await tabTo(new RegExp(`^a Run ${run.id}$`));
  await page.keyboard.press("Enter");
  await page.waitForURL(new RegExp(`#/runs/${run.id}$`));
  // The address has changed before the page hears of it. A new view is where the reader is.
  await page.waitForFunction(() => document.activeElement.localName === "h1" && document.activeElement.textContent.startsWith("Run"));
  await settled(page);
  await tabTo(/^button Approve$/);
  await page.keyboard.press("Enter");
  await dialog(page).waitFor();
  await page.keyboard.type("by keyboard");
  await tabTo(/^button Remove/);
  const ring = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  assert.equal(ring, "solid", "where one is can be seen");
  await page.keyboard.press("Enter");
  await said(page, `Run ${run.id} is approved.`);
  assert.equal((await stage.world.api("audit?limit=1")).items[0].reason, "by keyboard");
  await close(page);
});

test("live: asked again while it is on and looked at, not at all otherwise; known answers are not sent again", async () => {
  const page = await open(stage.browser, stage.world, { where: "groups" });
  const asked = { summary: 0, groups: 0, same: 0 };
  page.on("response", (response) => {
    if (response.url().endsWith("/summary")) ++asked.summary;
    if (response.url().includes("/groups?")) ++asked.groups;
    if (response.status() === 304) ++asked.same;
  });
  await until("both are asked again", () => asked.summary >= 3 && asked.groups >= 1, 15_000);
  assert.ok(asked.same > 0, "304");
  assert.ok(asked.summary > asked.groups, "the summary every 2 s, the list every 5 s");
  const live = page.getByRole("button", { name: "Live", exact: true });
  await live.click();
  assert.equal(await live.getAttribute("aria-pressed"), "false");
  // One call may have been on its way; two periods of the summary are enough to see that none follows.
  const quiet = async (what) => {
    await page.waitForTimeout(300);
    const now = { ...asked };
    await page.waitForTimeout(4500);
    assert.deepEqual(asked, now, what);
  };
  await quiet("off");
  await live.click();
  await until("at once", () => asked.summary > 0, 2000);
  await page.evaluate(() => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await quiet("hidden");
  const known = asked.summary;
  await page.evaluate(() => {
    delete document.hidden;
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await until("seen again", () => asked.summary > known, 2000);
  await close(page);
});

test("a token that is changed meanwhile is asked for again, and the page stays", async () => {
  const page = await open(stage.browser, stage.world, { where: "groups" });
  await page.getByLabel("Search", { exact: true }).fill("crowd");
  await until("one row is left", async () => (await rows(page)) === 1);
  const tokens = fs.readFileSync(stage.world.file("admin-token"), "utf8");
  stage.world.write("admin-token", `hand:operator:another-token-of-the-tests\n`);
  stage.world.daemon.process.kill("SIGHUP");
  await dialog(page).getByText("The daemon does not know this token any more.").waitFor();
  assert.equal(await rows(page), 1, "what was shown is still there");
  await page.getByLabel("Admin token").fill("another-token-of-the-tests");
  await page.keyboard.press("Enter");
  await dialog(page).waitFor({ state: "detached" });
  assert.equal(await page.getByLabel("Search", { exact: true }).inputValue(), "crowd");
  stage.world.write("admin-token", tokens);
  stage.world.daemon.process.kill("SIGHUP");
  await until("the old tokens are back", () => stage.world.api("summary").catch(() => false));
  await close(page);
});

test("the daemon dies and returns: a banner says how old the page is, and goes", async () => {
  const page = await open(stage.browser, stage.world, { where: "groups" });
  const known = await rows(page);
  await stage.world.daemon.stop("SIGKILL");
  await page.getByRole("alert").filter({ hasText: /No connection, data of \d\d:\d\d:\d\d\./ }).waitFor();
  assert.equal(await rows(page), known, "what is known stays");
  await stage.world.startDaemon();
  await page.locator("#banner").waitFor({ state: "hidden" });
  await close(page);
});
