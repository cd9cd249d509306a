// Three small charts, each with its numbers in a table beside it.

import { h, svg } from "./dom.js";
import { at, dayOf, hourOf } from "./format.js";
import { number, t } from "./i18n.js";

const kHeight = 64;
const kGap = 0.22; // of a bar's place

function bars(items, series, label, show) {
  const most = Math.max(1, ...items.map((one) => one[series]));
  const rects = items.map((one, i) => {
    const height = one[series] === 0 ? 0.75 : Math.max(2, (one[series] / most) * kHeight);
    const title = `${show(one.start)}: ${number(one[series])}`;
    return svg(
      "rect",
      { x: i + kGap / 2, y: kHeight - height, width: 1 - kGap, height, class: one[series] === 0 ? "none" : "bar" },
      svg("title", {}, title),
    );
  });
  return svg(
    "svg",
    { viewBox: `0 0 ${items.length} ${kHeight}`, preserveAspectRatio: "none", role: "img", "aria-label": label, class: `bars ${series}` },
    rects,
  );
}

function numbers(items, series, name, show) {
  const rows = [...items]
    .reverse()
    .map((one) => h("tr", h("th", { scope: "row" }, at(one.start, show)), h("td.number", number(one[series]))));
  const head = h("tr", h("th", { scope: "col" }, t("chart.from")), h("th", { scope: "col", class: "number" }, t("chart.count")));
  return h(
    "div",
    { class: "beside", tabindex: 0, role: "region", "aria-label": t("chart.table", { name }) },
    h("table", h("caption.unseen", name), h("thead", head), h("tbody", rows)),
  );
}

// `items`: buckets of the API's timeline; `unit`: hour or day.
export function chart(items, series, unit) {
  const show = unit === "hour" ? hourOf : dayOf;
  const name = t(`chart.${series}`);
  const sum = items.reduce((all, one) => all + one[series], 0);
  const axis =
    items.length === 0
      ? null
      : h("p", { class: "axis", "aria-hidden": "true" }, h("span", show(items[0].start)), h("span", show(items.at(-1).start)));
  return h(
    "figure.chart",
    h("figcaption", name, " ", h("strong", number(sum))),
    h("div.drawing", bars(items, series, t("chart.label", { name, sum }), show), axis),
    numbers(items, series, name, show),
  );
}
