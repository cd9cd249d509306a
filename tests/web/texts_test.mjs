// Every text of the dashboard is there in every language, and none is there for nothing.

import assert from "node:assert/strict";
import fs from "node:fs";
import test from "node:test";
import { load, read, scripts as allScripts } from "./source.mjs";

const [{ default: en }, { default: zh }] = await Promise.all([load("en.js"), load("zh.js")]);
const scripts = allScripts().filter((name) => !["en.js", "zh.js"].includes(name));
const openapi = JSON.parse(fs.readFileSync(new URL("../../src/admin/openapi.json", import.meta.url), "utf8"));

function flat(table, prefix = "") {
  return Object.entries(table).flatMap(([key, value]) => {
    const name = [prefix, key].filter(Boolean).join(".");
    return typeof value === "string" ? [[name, value]] : flat(value, name);
  });
}
const tables = { en: new Map(flat(en)), zh: new Map(flat(zh)) };
const withoutPlural = (key) => key.replace(/\.(one|other)$/, "");
const keysOf = (table) => [...new Set([...table.keys()].map(withoutPlural))].sort();
const placeholders = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]);

const schemas = openapi.components.schemas;
const words = (schema, property) => schemas[schema].properties[property].enum.filter((one) => one !== null);
// Words of C++ sources that the description leaves open: "word" beside a constant of that enum.
function wordsOfSource(file, table) {
  const source = fs.readFileSync(new URL(`../../src/core/${file}`, import.meta.url), "utf8");
  const from = source.indexOf(table);
  assert.ok(from >= 0, table);
  return [...source.slice(from, source.indexOf("}};", from)).matchAll(/, "([a-z_]+)"\}/g)].map((found) => found[1]);
}

// What the API may say, by the group of texts that has a word for it.
const kWords = {
  state: words("Group", "state"), run_state: words("Run", "state"), sweep_state: words("Sweep", "state"), mode: words("Summary", "mode"),
  run_mode: words("Run", "mode"), trigger: words("Run", "trigger"), limited_by: words("Run", "limited_by"), waits_for: words("Run", "waits_for"), why: words("RunMember", "why"), outcome: words("RunMember", "outcome"),
  decision: words("RunMember", "decision"), action: words("AuditEntry", "action"), source: words("Event", "source"),
  refusal: wordsOfSource("names.cpp", "kRefusalNames"), reason: [...wordsOfSource("names.cpp", "kBlockReasons"), ...wordsOfSource("reasons.cpp", "kRows").concat(rowsOfReasons())],
  todo: wordsOfSource("names.cpp", "kBlockReasons"),
};
function rowsOfReasons() {
  const source = fs.readFileSync(new URL("../../src/core/reasons.cpp", import.meta.url), "utf8");
  return [...source.matchAll(/Row\{"([a-z_]+)"/g)].map((found) => found[1]);
}

// Keys as they stand in the scripts and the page; `${…}` stands for any word.
function uses() {
  const found = [];
  for (const name of scripts) {
    for (const [, text] of read(name).matchAll(/(?<![\w.])(?:t|phrase|has|word|section|label|tile|actButton)\(\s*(?:[^"`)]*\?\s*)?["`]([^"`]+)["`]/g)) found.push(text);
    for (const [, text] of read(name).matchAll(/["`]([a-z_]+(?:\.(?:[a-z_]+|\$\{[^}]+\}))+)["`]/g)) found.push(text);
    for (const [, text] of read(name).matchAll(/label: "([^"]+)"/g)) found.push(text);
    for (const [, text] of read(name).matchAll(/\[\s*"([a-z_.]+)",\s/g)) found.push(text);
    for (const [, a, b] of read(name).matchAll(/\? "([a-z_.]+)" : "([a-z_.]+)"/g)) found.push(a, b);
  }
  for (const [, text] of read("index.html").matchAll(/data-t(?:-label|-hint)?="([^"]+)"/g)) found.push(text);
  return [...new Set(found)];
}
const pattern = (key) => new RegExp(`^${key.replace(/[.]/g, "\\.").replace(/\$\{[^}]+\}/g, "[a-zA-Z_.]+")}$`);

test("both languages have the same texts", () => {
  assert.deepEqual(keysOf(tables.zh), keysOf(tables.en));
});

test("no text is empty, and Chinese ones are not English", () => {
  for (const [language, table] of Object.entries(tables)) {
    for (const [key, text] of table) assert.ok(text.trim() !== "", `${language} ${key}`);
  }
  const same = [...tables.zh].filter(([key, text]) => /[a-z]{2}/i.test(text) && !/[\u3400-\u9fff]/.test(text) && tables.en.get(key) === text).map(([key]) => key);
  assert.deepEqual(same, ["live"], "the button has this name in every language");
});

test("texts of one key have the same placeholders", () => {
  for (const key of keysOf(tables.en)) {
    const forms = (table) => [...table].filter(([one]) => withoutPlural(one) === key);
    // English says "one" in place of the number.
    const wanted = (list) => [...new Set(list.flatMap(([, text]) => placeholders(text)))].sort();
    assert.deepEqual(wanted(forms(tables.zh)), wanted(forms(tables.en)), key);
  }
});

test("plurals have every form of their language", () => {
  for (const key of tables.en.keys()) {
    if (key.endsWith(".one")) assert.ok(tables.en.has(key.replace(/one$/, "other")), key);
    if (key.endsWith(".other")) assert.ok(tables.en.has(key.replace(/other$/, "one")), key);
  }
  assert.deepEqual([...tables.zh.keys()].filter((key) => key.endsWith(".one")), []);
});

test("every text that is asked for is there", () => {
  const keys = keysOf(tables.en);
  const known = new Set(keys);
  const plain = new Set();
  for (const name of scripts) {
    for (const [, key] of read(name).matchAll(/(?<![\w.])(?:t|phrase)\(\s*"([^"]+)"/g)) plain.add(key);
    for (const [, key] of read(name).matchAll(/label: "([^"]+)"/g)) plain.add(key);
    for (const [, key] of read(name).matchAll(/(?<![\w.])(?:tile|actButton)\(\s*"([^"]+)"/g)) plain.add(key);
  }
  for (const [, key] of read("index.html").matchAll(/data-t(?:-label|-hint)?="([^"]+)"/g)) plain.add(key);
  assert.ok(plain.size > 150, "the search itself finds them");
  assert.deepEqual([...plain].filter((key) => !known.has(key)), []);
});

test("every word of the API has a text", () => {
  for (const [group, list] of Object.entries(kWords)) {
    assert.ok(list.length > 1, group);
    for (const word of list) assert.ok(tables.en.has(`${group}.${word}`), `${group}.${word}`);
  }
});

test("no text is there for nothing", () => {
  const asked = uses().map(pattern);
  const spoken = new Set(Object.keys(kWords));
  const others = new Set(["type", "role", "presence", "verdict", "fate"]);  // words that Chat and the daemon use
  const unused = keysOf(tables.en).filter((key) => !asked.some((one) => one.test(key)) && !spoken.has(key.split(".")[0]) && !others.has(key.split(".")[0]));
  assert.deepEqual(unused, []);
});

test("the page itself has no text of its own", () => {
  const body = read("index.html").replace(/<noscript>.*?<\/noscript>/s, "").replace(/<(title|kbd|option)[^>]*>.*?<\/\1>/gs, "");
  const texts = [...body.matchAll(/>([^<]+)</g)].map((found) => found[1].trim()).filter(Boolean);
  assert.deepEqual(texts, ["headroom"]);
});

test("scripts show no text that stands in no table", () => {
  for (const name of scripts) {
    // A child of an element that is a literal with letters.
    const literals = [...read(name).matchAll(/\bh\(\s*"[\w.]+",\s*(?:\{[^}]*\},\s*)?"([^"]*[a-zA-Z]{2}[^"]*)"/g)].map((found) => found[1]);
    assert.deepEqual(literals, [], name);
    assert.ok(!/\.textContent = ["`]\w/.test(read(name)), name);
  }
});
