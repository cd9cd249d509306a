// The pictures of the README: node tests/web/screenshots.mjs FOLDER, with HEADROOM_BUILD as for the tests (and a font for
// Chinese, fonts-noto-cjk).

import { execFileSync } from "node:child_process";
import path from "node:path";
import { launch, open, settled } from "./browser.mjs";
import { until, World } from "./daemon.mjs";

const folder = process.argv[2] ?? "docs/images";
const kHour = 3_600_000;

// What thirty days of such an app look like in numbers; the groups and the runs are real.
function pastOf(file) {
  const hour = Math.floor(Date.now() / kHour);
  const rows = [];
  for (let back = 1; back < 24 * 30; ++back) {
    const day = 1 + Math.sin(((hour - back) / 24) * 2 * Math.PI);
    const wave = Math.round(6 * day * (1 + ((back * 7919) % 13) / 13));
    rows.push(`('event', ${kHour}, ${hour - back}, ${wave})`, `('filled', ${kHour}, ${hour - back}, ${Math.round(wave / 5)})`, `('removal', ${kHour}, ${hour - back}, ${Math.round(wave * 1.4)})`);
  }
  execFileSync("sqlite3", ["-bail", file], { input: `INSERT OR IGNORE INTO tally (what, span, slot, value) VALUES ${rows.join(",")};` });
}

async function picture(browser, world, name, options, act = async () => {}) {
  const page = await open(browser, world, { zone: "Asia/Shanghai", height: 800, ...options });
  await act(page);
  await settled(page);
  await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: options.whole ?? false });
  await page.context().close();
}

const world = await World.start();
const browser = await launch();
try {
  await world.daemon.stop();
  pastOf(world.file("headroom.db"));
  await world.startDaemon();
  const groups = await world.fill();
  await until("all plans wait", async () => (await world.api("runs?state=awaiting_approval")).items.length >= 6);
  const fans = groups.find((group) => group.includes("FANS"));
  const [run] = (await world.api(`groups/${encodeURIComponent(fans)}/runs`)).items;
  await world.api(`runs/${run.id}/approve`, { method: "POST" });
  await until("it is done", async () => (await world.api(`runs/${run.id}`)).state === "succeeded");
  const { items } = await world.api(`runs/${run.id}/members?decision=remove`);
  await world.sim("join", { group_id: fans, account: items[0].account });
  for (let i = 0; i < 12; ++i) await world.sim("join", { group_id: fans });  // one at a time: each refusal has its millisecond
  await until("it is full again", async () => (await world.api(`groups/${encodeURIComponent(fans)}/events`)).items.length >= 4);
  await world.api(`exemptions/groups/${encodeURIComponent(groups[0])}`, { method: "PUT", body: { reason: "the book club is small and meant to be" } });

  await picture(browser, world, "overview", { width: 1280, height: 860 });
  await picture(browser, world, "overview-dark", { width: 1280, height: 860, theme: "dark", language: "zh-CN" });
  await picture(browser, world, "approve", { where: "decisions", width: 1280, height: 800 }, async (page) => {
    await page.getByRole("button", { name: "Approve" }).first().click();
    await page.getByRole("dialog").waitFor();
  });
  await picture(browser, world, "group", { where: `groups/${encodeURIComponent(fans)}`, width: 1280, height: 700 });
  await picture(browser, world, "phone", { width: 360, height: 760 });
} finally {
  await browser.close();
  await world.stop();
}
