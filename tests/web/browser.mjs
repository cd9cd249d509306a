// Debian's Chromium, driven by Playwright, on a dashboard.

import fs from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { operatorToken } from "./daemon.mjs";

const axe = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// In a container as root there is no sandbox, and /dev/shm is small.
export const launch = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"] });

// A page on `where`, signed in unless token is null. What goes wrong in it is kept in page.faults.
export async function open(browser, world, { where = "", token = operatorToken, language = "en-GB", theme = "light", width = 1280, height = 900, zone = "Asia/Shanghai" } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, locale: language, colorScheme: theme, timezoneId: zone, reducedMotion: "reduce" });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(`exception: ${error.message}`));
  page.on("console", (message) => {
    // The browser itself reports each answer that is no success.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) page.faults.push(message.text());
  });
  page.on("dialog", (dialog) => {
    page.faults.push(`a dialog of the browser: ${dialog.message()}`);
    dialog.dismiss();
  });
  if (token !== null) await page.addInitScript((kept) => sessionStorage.getItem("headroom.token") ?? sessionStorage.setItem("headroom.token", kept), token);
  await page.goto(`${world.url}#/${where}`);
  if (token !== null) await settled(page);
  return page;
}

// The view is there and nothing of it is still awaited.
export async function settled(page) {
  await page.waitForFunction(() => document.querySelector("main h1") && !document.querySelector('main [aria-busy="true"]') && !/Loading …|加载中…/.test(document.querySelector("main").textContent));
}

export async function go(page, where) {
  await page.evaluate((hash) => { location.hash = hash; }, `#/${where}`);
  await settled(page);
}

// What axe finds, in words; none is wanted.
export async function axeFindings(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
  return violations.map((one) => `${one.id}: ${one.help}: ${one.nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} ${node.any?.[0]?.message ?? ""}`).join(" | ")}`);
}
