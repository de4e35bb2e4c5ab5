"use strict";
/* What all charts share: a section with heading, sentence, panels, key and the numbers as a table. */
const FONT = getComputedStyle(document.body).fontFamily;
const charts = new Set();
const resized = new ResizeObserver((entries) => {
  for (const {target} of entries) {
    const chart = echarts.getInstanceByDom(target);
    if (chart && target.clientWidth > 0 && chart.getWidth() !== target.clientWidth) fit(chart, target.clientWidth);
  }
});

/** Colours are names of the style sheet, so that dark and print need no new drawing. */
const INK = "var(--ink)", MUTED = "var(--muted)", LINE = "var(--line)", PAPER = "var(--paper)";
const TEXT = {color: INK, fontSize: 12, fontFamily: FONT};
const QUIET = {...TEXT, color: MUTED};

/**
 * A section whose draw(rows) gives null, or {panels: [{title, option}], stacked, key, note,
 * table: {columns, items}}; without panels the section is not there.
 */
function plot({id, title, text, draw}) {
  const section = element("section", {id, "aria-labelledby": id + "-title", hidden: true});
  let open = false;
  return {
    section,
    update(rows) {
      section.querySelectorAll(".chart").forEach(close);
      const drawn = draw(rows);
      section.hidden = drawn == null || drawn.panels.length === 0;
      section.replaceChildren();
      if (section.hidden) return;
      const numbers = element("details", {open}, element("summary", {}, "The numbers as a table"),
          table("Numbers of: " + title, drawn.table.columns, drawn.table.items));
      numbers.addEventListener("toggle", () => (open = numbers.open));
      section.append(
          element("h2", {id: id + "-title"}, title),
          element("p", {id: id + "-text"}, text, drawn.note ? " " + drawn.note : null),
          drawn.key ? legend(drawn.key) : "",
          element("div", {class: drawn.panels.length > 1 && !drawn.stacked ? "panels many" : "panels"},
              ...drawn.panels.map((panel, at) => panelOf(panel, id, title, at))),
          numbers);
      section.querySelectorAll(".chart").forEach((place, at) => show(place, drawn.panels[at].option));
    },
  };
}

function panelOf(panel, id, title, at) {
  const name = panel.title ? `${title}: ${panel.title}` : title;
  return element("div", {class: "panel"},
      panel.title ? element("h3", {}, panel.title) : null,
      element("div", {
        class: "chart", id: `${id}-${at}`, role: "img", "aria-label": name,
        "aria-describedby": id + "-text",
      }));
}

function show(place, option) {
  const chart = echarts.init(place, null, {renderer: "svg", height: option.height});
  charts.add(chart);
  place.style.height = option.height + "px";
  chart.setOption({
    animation: false,
    textStyle: TEXT,
    tooltip: {
      renderMode: "richText", confine: true, backgroundColor: PAPER, borderColor: MUTED, borderWidth: 1,
      padding: [6, 9], textStyle: {...TEXT, lineHeight: 17},
      formatter: (item) => item.data?.tip ?? "",
    },
    ...option.chart,
  });
  scalable(chart);
  resized.observe(place);
}

function close(place) {
  resized.unobserve(place);
  const chart = echarts.getInstanceByDom(place);
  charts.delete(chart);
  chart?.dispose();
}

function fit(chart, width) {
  chart.resize({width});
  chart.getZr().flush();
  scalable(chart);
}

/** Lets a style sheet scale the drawing, which paper wants. */
function scalable(chart) {
  chart.getZr().flush();
  chart.getDom().querySelector("svg").setAttribute("viewBox", `0 0 ${chart.getWidth()} ${chart.getHeight()}`);
}

const PAPER_WIDTH = 660;
window.addEventListener("beforeprint", () => charts.forEach((chart) =>
    fit(chart, Math.min(PAPER_WIDTH, chart.getWidth()))));
window.addEventListener("afterprint", () => charts.forEach((chart) =>
    fit(chart, chart.getDom().clientWidth)));

/** Marks and dashes with their names; entries {name, colour, symbol, dash}. */
function legend(entries) {
  return element("ul", {class: "key"}, ...entries.map((entry) => element("li", {}, swatch(entry), entry.name)));
}

const SHAPES = {
  circle: "M14 8 m-4 0 a4 4 0 1 0 8 0 a4 4 0 1 0 -8 0 Z",
  rect: "M10 4 h8 v8 h-8 Z",
  triangle: "M14 3.5 L18.5 12 H9.5 Z",
  diamond: "M14 3 L19 8 L14 13 L9 8 Z",
  invert: "M14 12.5 L18.5 4 H9.5 Z",
  cross: "M12.5 3.5 h3 v3 h3 v3 h-3 v3 h-3 v-3 h-3 v-3 h3 Z",
  bar: "M8 6 h12 v4 h-12 Z",
};

function svg(tag, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
  return made;
}

function swatch({colour: stroke, symbol: shape, dash}) {
  const picture = svg("svg", {width: 28, height: 16, "aria-hidden": "true"});
  if (dash != null) {
    picture.append(svg("path", {d: "M1 8 H27", stroke, fill: "none", "stroke-width": 2, "stroke-dasharray": dash}));
  }
  if (shape != null) picture.append(svg("path", {d: SHAPES[shape], fill: stroke}));
  return picture;
}

/** A mark for a chart, the same as in the key. */
function mark(shape) {
  return "path://" + SHAPES[shape];
}

function keyOf(rows, dash) {
  return ENGINES.filter((name) => rows.some((row) => engine(row) === name))
      .map((name) => ({name, colour: colour(name), symbol: symbol(name), dash}));
}

/** An axis with its name along its middle. */
function axis(type, name, formatter, more = {}) {
  return {
    type, name, nameLocation: "middle", nameTextStyle: {...QUIET, fontSize: 12},
    axisLabel: {...QUIET, formatter, hideOverlap: true},
    axisLine: {show: true, lineStyle: {color: MUTED}},
    axisTick: {show: false},
    splitLine: {lineStyle: {color: LINE}},
    minorSplitLine: {show: false},
    ...more,
  };
}

/**
 * The part of a logarithmic axis that holds all values, with its ticks: powers of the base, each
 * also times the steps. No value lies on the frame.
 */
function span(values, base = 10, steps = [1]) {
  const positive = values.filter((value) => value > 0);
  const [least, most] = [Math.min(...positive) / 1.05, Math.max(...positive) * 1.05];
  const power = (value) => Math.floor(Math.log(value) / Math.log(base));
  const ticks = [];
  for (let p = power(least); p <= power(most) + 1; p++) ticks.push(...steps.map((step) => step * base ** p));
  const first = ticks.findLastIndex((tick) => tick <= least);
  const last = ticks.findIndex((tick) => tick >= most);
  return {min: ticks[first], max: ticks[last], ticks: ticks.slice(first, last + 1)};
}

/** An axis of powers with ticks at these values alone. */
function logAxis(name, formatter, {min, max, ticks}, more = {}) {
  const plain = axis("log", name, formatter, {min, max, ...more});
  plain.axisTick.customValues = ticks;
  plain.axisLabel.customValues = ticks;
  return plain;
}
