// A view that is one list of the server's: its heading, its filters, its pages.

import { h } from "./dom.js";
import { filterBar, readFilters } from "./filters.js";
import { has, t } from "./i18n.js";
import { heading } from "./parts.js";
import { pagedTable } from "./table.js";

// spec: path, columns; fields and query(values); buttons().
export function listView(page, { path, columns, fields, query = () => ({}), buttons }) {
  const title = t(`nav.${path}`);
  let asked = query(readFilters());
  const list = pagedTable(page, {
    caption: () => title,
    path: () => path,
    query: () => asked,
    columns,
    key: (one) => one.id ?? one.group_id,
    empty: () => t(`${path}.none`),
  });
  const bar =
    fields &&
    filterBar(fields, (values) => {
      asked = query(values);
      list.reload();
    }).root;
  const about = `${path}.about`;
  return [heading(title, buttons ? h("div.buttons", buttons()) : null), has(about) ? h("p.quiet", t(about)) : null, bar, list.root];
}
