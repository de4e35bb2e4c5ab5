"use strict";
/* Every timed call of every row, so that drift and outliers can be seen. */
const STRIP_HEIGHT = 50;
const MOST_STRIPS = 42;
const SHEET_STRIPS = 14;
const REACH = 1.5; // times the median, at most, and
const INSIDE = 0.995; // of all calls lie within the frame

const SAMPLES = plot({
  id: "samples",
  title: "Every call",
  text: "Each tick is one timed call: further right is slower, 1 is the row's median. Within a row, repetitions run from "
      + "top to bottom in the order of measurement, and the line joins their medians: a line that leans is drift, a tick far "
      + "off is an outlier, as is an arrow at the edge, and ticks in several bundles are a machine that changes its clock or does other work.",
  draw(rows) {
    const timed = rows.filter((row) => row.turns.length > 0);
    if (timed.length === 0) return null;
    const shown = timed.slice(0, MOST_STRIPS);
    return {
      stacked: true,
      panels: sheets(shown).map((part) => ({option: strips(part, frame(shown))})),
      note: timed.length > MOST_STRIPS
        ? `The first ${MOST_STRIPS} of ${timed.length} rows are drawn; filters bring the others.` : "",
      table: {
        columns: [
          {title: "Workload", head: true, cell: (row) => row.name},
          {title: "Precision", cell: (row) => row.precision},
          {title: "Device", cell: (row) => engine(row) + cut(row)},
          {title: "Repetitions", number: true, cell: (row) => String(row.turns.length)},
          {title: "Calls", number: true, cell: (row) => String(row.turns.flat().length)},
          {title: "Shortest", number: true, cell: (row) => duration(Math.min(...row.turns.flat()))},
          {title: "Median", number: true, cell: (row) => duration(row.time.median)},
          {title: "Longest", number: true, cell: (row) => duration(Math.max(...row.turns.flat()))},
        ],
        items: timed,
      },
    };
  },
});

/** As many rows together as fit a sheet of paper. */
function sheets(rows) {
  const parts = [];
  for (let at = 0; at < rows.length; at += SHEET_STRIPS) parts.push(rows.slice(at, at + SHEET_STRIPS));
  return parts;
}

/** From where to where the axis goes: almost all calls lie within. */
function frame(rows) {
  const ratios = rows.flatMap((row) => row.turns.flat().map((nanos) => nanos / row.time.median))
      .sort((a, b) => a - b);
  const min = Math.max(0, Math.floor(ratios[0] * 20 - 0.2) / 20);
  const most = ratios[Math.floor(INSIDE * (ratios.length - 1))];
  const max = Math.min(REACH, Math.max(1.05, Math.ceil(most * 20 + 0.2) / 20));
  return {min, max};
}

function strips(rows, {min, max}) {
  const label = innerWidth < 560 ? 104 : 250;
  return {
    height: rows.length * STRIP_HEIGHT + 54,
    chart: {
      grid: {left: label + 12, right: 24, top: 4, bottom: 46, outerBoundsMode: "none"},
      xAxis: axis("value", "time of a call over the row's median", (v) => v.toFixed(2), {min, max, interval: max - min > 0.4 ? 0.1 : 0.05, nameGap: 28}),
      yAxis: {
        type: "category", inverse: true, data: rows.map((_, at) => at), axisTick: {show: false},
        axisLine: {lineStyle: {color: MUTED}}, splitLine: {show: true, interval: 0, lineStyle: {color: LINE}},
        axisLabel: {
          ...TEXT, interval: 0, width: label, overflow: "truncate", lineHeight: 15,
          formatter: (at) => `${rows[at].name} · ${rows[at].precision}\n${engine(rows[at])}${cut(rows[at])}`,
        },
      },
      series: [{
        type: "custom", clip: false,
        data: rows.map((row, at) => ({
          value: [1, at],
          tip: `${row.name}, ${row.precision}\n${engine(row)}\n${row.turns.flat().length} calls in ${row.turns.length} repetitions`
              + `\n${duration(Math.min(...row.turns.flat()))} to ${duration(Math.max(...row.turns.flat()))}, `
              + `median ${duration(row.time.median)}`,
        })),
        renderItem: (_, api) => strip(rows[api.value(1)], api, max),
      }],
    },
  };
}

/** Its chunk sizes where these were given. */
function cut(row) {
  return isCell(row) ? ` · ${row.setting.query_chunk_size} × ${row.setting.kv_chunk_size}` : "";
}

/** One path for all ticks of a row: a page holds tens of thousands. Calls beyond the frame are arrows at its edge. */
function strip(row, api, max) {
  const middle = api.coord([1, api.value(1)])[1];
  const step = (STRIP_HEIGHT - 8) / row.turns.length;
  const top = middle - (STRIP_HEIGHT - 8) / 2;
  const x = (nanos) => api.coord([Math.min(max, nanos / row.time.median), 0])[0].toFixed(1);
  const tick = Math.max(1.5, step * 0.8);
  let ticks = "", beyond = "", line = "";
  row.turns.forEach((turn, at) => {
    const y = top + (at + 0.5) * step;
    const middleOfTurn = median(turn);
    line += `${at === 0 ? "M" : "L"}${x(middleOfTurn)} ${y.toFixed(1)}`;
    for (const nanos of turn) {
      if (nanos / row.time.median > max) beyond += `M${x(nanos)} ${(y - 3).toFixed(1)} l7 3 l-7 3 Z`;
      else ticks += `M${x(nanos)} ${(y - tick / 2).toFixed(1)} v${tick.toFixed(1)}`;
    }
  });
  const fill = colour(engine(row));
  const path = (pathData, style) => ({type: "path", shape: {pathData}, style, silent: true});
  return {
    type: "group",
    children: [
      {
        type: "rect", style: {fill: "transparent"},
        shape: {x: api.coord([1, 0])[0] - 400, y: top, width: 800, height: STRIP_HEIGHT - 8},
      },
      path(ticks, {fill: "none", stroke: fill, lineWidth: 1.25, opacity: 0.55}),
      ...(beyond ? [path(beyond, {fill})] : []),
      path(line, {fill: "none", stroke: INK, lineWidth: 1.25}),
    ],
  };
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
