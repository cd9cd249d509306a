// The story of a group, and the first sentence, from made-up answers of the API.

import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./source.mjs";

const { story } = await load("story.js");
const { findings, verdict } = await load("verdict.js");

const at = (minute) => new Date(Date.UTC(2026, 0, 1, 10, minute)).toISOString();
const event = (id, minute, source = "webhook") => ({ id, received_at: at(minute), event_time: at(minute), source });
const run = (id, minute, more = {}) => ({ id, created_at: at(minute), finished_at: at(minute + 1), confirmed_at: null, reason: null, state: "succeeded", removed: 0, restored: 0, members_after: null, max_members: 20, ...more });
const removal = (id, minute, account, more = {}) => ({ id, account, run_id: 1, removed_at: at(minute), restored_at: null, rejoined_at: null, ...more });
const list = (items, time, next = null) => ({ items, next, oldest: items.at(-1)?.[time] });
const sources = ({ events = [], runs = [], removals = [], next = {} }) => ({
  events: list(events, "received_at", next.events ?? null), runs: list(runs, "created_at", next.runs ?? null), removals: list(removals, "removed_at", next.removals ?? null),
});
const quietGroup = { observed_at: null, seen_room_at: null };
const kinds = (told) => told.entries.map((one) => one.kind);

test("a story goes from the newest to the oldest, whatever list a line is from", () => {
  const told = story(quietGroup, sources({
    events: [event(1, 1)], runs: [run(1, 10, { removed: 2, members_after: 18 })],
    removals: [removal(2, 10, "b"), removal(1, 10, "a", { rejoined_at: at(30) })],
  }));
  assert.deepEqual(kinds(told), ["rejoined", "room", "run", "removed", "full"]);
  assert.ok(told.whole);
});

test("neighbouring refused joins are one line, with their number and the first", () => {
  const told = story(quietGroup, sources({ events: [event(3, 9), event(2, 5), event(1, 1)] }));
  assert.equal(told.entries.length, 1);
  assert.deepEqual([told.entries[0].n, told.entries[0].first, told.entries[0].at], [3, at(1), at(9)]);
});

test("a run tells how many it removed, however few of them are loaded", () => {
  const told = story(quietGroup, sources({ runs: [run(1, 10, { removed: 60, members_after: 5 })], removals: [removal(2, 10, "b"), removal(1, 10, "a")], next: { removals: "more" } }));
  assert.deepEqual(told.entries.filter((one) => one.kind === "removed").map((one) => [one.n, one.accounts]), [[60, ["b", "a"]]]);
});

test("the first full event after room is when the group filled", () => {
  const told = story(quietGroup, sources({ events: [event(3, 40), event(2, 8), event(1, 1)], runs: [run(1, 10, { removed: 1, members_after: 19 })] }));
  assert.deepEqual(told.entries.filter((one) => one.kind === "full").map((one) => [one.n, one.filled]), [[1, true], [2, true]]);
});

test("what a run did not change does not fill a group again", () => {
  const told = story(quietGroup, sources({ events: [event(2, 40), event(1, 1)], runs: [run(1, 10, { state: "nothing_to_do", reason: "nobody_removable" })] }));
  assert.deepEqual(told.entries.filter((one) => one.kind === "full").map((one) => one.filled), [false, true]);
});

test("nothing is shown beyond the end of a page that goes on", () => {
  const told = story(quietGroup, sources({ events: [event(9, 50), event(8, 30)], runs: [run(1, 10)], next: { events: "more" } }));
  assert.deepEqual(kinds(told), ["full"], "between the run and the last loaded event others may stand");
  assert.ok(!told.whole);
  assert.equal(told.entries[0].filled, false, "what was before is not known");
});

test("a look that saw room is told once", () => {
  const group = { observed_at: at(20), seen_room_at: at(11) };
  const told = story(group, sources({ events: [event(1, 1)], runs: [run(1, 10, { removed: 1, members_after: 19 })] }));
  assert.deepEqual(kinds(told), ["look", "room", "run", "full"]);
  const left = story({ observed_at: at(20), seen_room_at: at(20) }, sources({ events: [event(1, 1)] }));
  assert.ok(kinds(left).includes("room"), "members left by themselves");
});

test("a confirmed plan is a look, too", () => {
  assert.deepEqual(kinds(story(quietGroup, sources({ runs: [run(1, 10, { confirmed_at: at(30), state: "planned" })] }))), ["confirmed", "run"]);
});

const calm = {
  mode: "prune", paused: false, groups: { full: 0, pruning: 0, blocked: 0, has_room: 5, gone: 0 }, stale_full: 0, removals_left: 990, blocked: {}, runs_awaiting_approval: 0,
  runs_last_day: { failed: 0, partial: 0, planned: 0 }, chat: { reachable: true, error: null }, last_refusal: null,
};
const says = (changes) => verdict(findings({ ...calm, ...changes }, Date.UTC(2026, 0, 1, 12)));

test("all is well when nothing is wrong and nothing waits", () => {
  assert.deepEqual(says({}), { tone: "good", key: "now.well", params: {} });
});

test("what waits for a person stands in the sentence", () => {
  assert.deepEqual(says({ runs_awaiting_approval: 3 }), { tone: "task", key: "now.well_and_waits", params: { n: 3 } });
  assert.equal(says({ runs_awaiting_approval: 3, removals_left: 0 }).key, "now.well_but_waits");
});

test("what is wrong comes before what waits", () => {
  assert.equal(says({ paused: true, runs_awaiting_approval: 3 }).key, "now.paused");
  assert.equal(says({ chat: { reachable: false, error: "x" }, runs_awaiting_approval: 3 }).key, "now.unreachable");
  assert.equal(says({ blocked: { no_permission: 2 } }).tone, "bad");
});

test("what needs a look is counted", () => {
  assert.deepEqual(says({ removals_left: 0, runs_last_day: { failed: 1, partial: 1, planned: 0 } }), { tone: "warn", key: "now.look", params: { n: 2 } });
  assert.equal(says({ last_refusal: { at: at(119), reason: "sign", peer: "192.0.2.7" } }).tone, "warn");
  assert.equal(says({ last_refusal: { at: at(-600), reason: "sign", peer: "192.0.2.7" } }).tone, "good", "that was long ago");
  assert.equal(says({ stale_full: 4 }).tone, "warn");
  assert.equal(says({ stale_full: 4, mode: "plan" }).tone, "good", "in this mode they stay full");
  assert.equal(says({ stale_full: 4, open: false, next_open_at: at(50) }).tone, "good", "a closed calendar is no failure");
  assert.equal(says({ chat: { reachable: null, error: null } }).tone, "good", "nobody has asked yet");
});
