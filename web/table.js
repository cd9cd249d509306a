// A table of one page of the server's list, with what stands above and below it.

import { get } from "./api.js";
import { h, replace, trouble } from "./dom.js";
import { number, t } from "./i18n.js";
import { watch } from "./live.js";

const kPageSize = 25;
const kMostRequests = 8; // for one page: the server looks at so many rows a request, and a page may come short

// Roles are said, since a narrow window shows rows as blocks, which takes the table's own roles away.
export function table(caption, columns, rows, keyOf) {
  const head = h(
    "tr",
    { role: "row" },
    columns.map((c) => h("th", { role: "columnheader", scope: "col", class: c.kind }, t(c.label))),
  );
  const cell = (column, row) => h("td", { role: "cell", class: column.kind, "data-label": t(column.label) }, column.show(row));
  const body = rows.map((row) =>
    h(
      "tr",
      { role: "row", "data-row": keyOf?.(row) },
      columns.map((c) => cell(c, row)),
    ),
  );
  return h(
    "table",
    { role: "table" },
    h("caption.unseen", caption),
    h("thead", { role: "rowgroup" }, head),
    h("tbody", { role: "rowgroup" }, body),
  );
}

// Up to `size` rows from `cursor` on: as many requests as that takes, within bounds. `keep` narrows what the server can not.
export async function collect(where, query, cursor, size, keep) {
  const items = [];
  for (let requests = 0; ; ++requests) {
    const page = await get(where, { ...query, limit: keep ? 1000 : size - items.length, cursor });
    items.push(...(keep ? page.items.filter(keep) : page.items));
    cursor = page.next_cursor;
    if (cursor === null || items.length >= size || requests + 1 === kMostRequests) return { items, next: cursor, page, requests };
  }
}

// spec: caption, path, query() → object, columns, key(row), empty (a text), size, keep() → function or undefined,
// loaded(items) may be there. `page` stops what is watched when another page is shown.
export function pagedTable(page, spec) {
  const place = h("div.rows");
  const root = h("section", { class: "list", "aria-busy": "true" }, place);
  const size = spec.size ?? kPageSize;
  let before = []; // the cursors of the pages before this one
  let cursor;
  let shown = { items: [], next: null };

  const turn = (to) => {
    cursor = to;
    root.setAttribute("aria-busy", "true");
    watching.restart();
  };
  const older = () => {
    before.push(cursor);
    turn(shown.next);
  };
  const newer = () => turn(before.pop());

  function pager() {
    if (before.length === 0 && shown.next === null) return null;
    const button = (label, on, press) => h("button", { type: "button", disabled: !on, onclick: press }, t(label));
    return h(
      "nav",
      { class: "pager", "aria-label": t("pages") },
      button("page.newer", before.length > 0, newer),
      h("span", t("page.n", { page: before.length + 1 })),
      button("page.older", shown.next !== null, older),
    );
  }

  function show(found) {
    shown = found;
    root.setAttribute("aria-busy", "false");
    const rows =
      found.items.length === 0
        ? h("p.empty", found.next === null ? spec.empty() : t("search.goes_on"))
        : table(spec.caption(), spec.columns, found.items, spec.key);
    replace(place, rows, pager());
    spec.loaded?.(found.items);
  }

  // Pages that came as before are the same objects: then nothing is shown anew.
  let last = null;
  const ask = async () => {
    const found = await collect(spec.path(), spec.query?.() ?? {}, cursor, size, spec.keep?.());
    if (last && found.requests === 0 && last.requests === 0 && found.page === last.page && !spec.keep) return last;
    last = found;
    return found;
  };
  const fail = (error) => {
    root.setAttribute("aria-busy", "false");
    if (cursor !== undefined && error.status === 400) {
      // the filters are other ones
      before = [];
      turn(undefined);
      return;
    }
    replace(place, trouble(error));
  };
  const watching = page.keep(watch(ask, show, { fail }));

  return {
    root,
    // Other filters: from the first page on.
    reload() {
      before = [];
      last = null;
      turn(undefined);
    },
    refresh: () => watching.run(),
  };
}

export const count = (value) => (value === null || value === undefined ? t("none") : number(value));
