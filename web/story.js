// A group's story: its events, runs, removals and looks as one list by time, the newest first. No text, no element.

const time = (iso) => Date.parse(iso);

const entriesOf = {
  events: (event) => [{ kind: "full", at: event.received_at, source: event.source, n: 1, first: event.received_at, id: `e${event.id}` }],
  runs: (run) => {
    const list = [{ kind: "run", at: run.created_at, run, id: `r${run.id}` }];
    if (run.confirmed_at) list.push({ kind: "confirmed", at: run.confirmed_at, run, id: `c${run.id}` });
    const room =
      run.finished_at &&
      (run.reason === "has_room" || (run.members_after !== null && run.members_after < run.max_members && run.removed > 0));
    if (room) list.push({ kind: "room", at: run.finished_at, run, id: `o${run.id}` });
    return list;
  },
  removals: (removal) => {
    const list = [
      { kind: "removed", at: removal.removed_at, run_id: removal.run_id, n: 1, accounts: [removal.account], id: `d${removal.id}` },
    ];
    if (removal.rejoined_at) list.push({ kind: "rejoined", at: removal.rejoined_at, account: removal.account, id: `j${removal.id}` });
    if (removal.restored_at)
      list.push({ kind: "restored", at: removal.restored_at, n: 1, accounts: [removal.account], id: `s${removal.id}` });
    return list;
  },
};

// A list is known down to the oldest row that was loaded, or whole.
function knownDownTo(sources) {
  const ends = sources.filter((one) => one.next !== null && one.items.length > 0).map((one) => time(one.oldest));
  return ends.length === 0 ? -Infinity : Math.max(...ends);
}

const same = (a, b) =>
  a &&
  a.kind === b.kind &&
  ((a.kind === "full" && a.source === b.source) || (a.kind === "removed" && a.run_id === b.run_id) || a.kind === "restored");

// Neighbours of one kind become one line: seventeen refused joins, ten removals of one run.
function joined(entries) {
  const list = [];
  for (const entry of entries) {
    const last = list.at(-1);
    if (!same(last, entry)) {
      list.push({ ...entry });
      continue;
    }
    last.n += entry.n;
    if (entry.accounts) last.accounts = [...last.accounts, ...entry.accounts];
    else last.first = entry.first;
  }
  return list;
}

// The first full event after room (or of all) is when the group filled; `whole`: nothing older is missing.
function withFillings(entries, whole) {
  let room = whole;
  for (const entry of [...entries].reverse()) {
    if (entry.kind === "room") room = true;
    if (entry.kind !== "full") continue;
    entry.filled = room;
    room = false;
  }
  return entries;
}

// sources: {events, runs, removals}: {items, next, oldest}. `group` has the looks that are stored nowhere else.
export function story(group, sources) {
  const parts = Object.values(sources);
  const down = knownDownTo(parts);
  const entries = Object.entries(sources).flatMap(([name, source]) => source.items.flatMap(entriesOf[name]));
  if (group.observed_at) entries.push({ kind: "look", at: group.observed_at, id: "look" });
  const seenRoom =
    group.seen_room_at && !entries.some((one) => one.kind === "room" && Math.abs(time(one.at) - time(group.seen_room_at)) < 60_000);
  if (seenRoom) entries.push({ kind: "room", at: group.seen_room_at, run: null, id: "room" });
  const shown = entries.filter((one) => time(one.at) >= down).sort((a, b) => time(b.at) - time(a.at));
  const whole = parts.every((one) => one.next === null);
  const told = joined(shown);
  // A page may hold a part of whom a run removed; the run knows how many they were.
  const runs = new Map(sources.runs.items.map((run) => [run.id, run]));
  for (const one of told) if (one.kind === "removed") one.n = Math.max(one.n, runs.get(one.run_id)?.removed ?? 0);
  return { entries: withFillings(told, whole), whole };
}
