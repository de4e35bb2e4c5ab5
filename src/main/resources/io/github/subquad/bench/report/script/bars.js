"use strict";
/* Rows one below the other under the name of their workload: bars of speed, and ratios to peers. */
const MOST_LINES = 80;
const LINE_HEIGHT = 22;
const SHEET_LINES = 32;

/** Headings and rows from top to bottom, in pieces that fit a sheet of paper. */
function listed(rows) {
  const pieces = [[]];
  for (const [heading, members] of groups(rows.slice(0, MOST_LINES), (row) => `${row.name} · ${row.precision}`)) {
    members.forEach((row, at) => {
      const full = pieces.at(-1).length >= (at === 0 ? SHEET_LINES - 3 : SHEET_LINES);
      if (full) pieces.push([]);
      if (full || at === 0) pieces.at(-1).push({heading});
      pieces.at(-1).push({row});
    });
  }
  return pieces;
}

function limitNote(count) {
  return count > MOST_LINES
    ? `The first ${MOST_LINES} of ${count} are drawn; filters bring the others, and the table has all.` : "";
}

/**
 * The frame of such a chart. of(line) gives {value, low, high, text} in the units of the axis x;
 * with bars from zero or points.
 */
function lineChart(lines, x, of, bars) {
  const narrow = innerWidth < 560;
  const label = narrow ? 104 : 190;
  const height = lines.length * LINE_HEIGHT + 58;
  const items = lines.map((line) => (line.row ? {...of(line), row: line.row} : {heading: line.heading}));
  return {
    height,
    chart: {
      grid: {left: label + 12, right: narrow ? 66 : 96, top: 4, bottom: 46, outerBoundsMode: "none"},
      xAxis: {...x, nameGap: 26},
      yAxis: {
        type: "category", inverse: true, data: lines.map((_, at) => at),
        axisTick: {show: false}, axisLine: {lineStyle: {color: MUTED}},
        axisLabel: {
          ...TEXT, interval: 0, width: label, overflow: "truncate",
          formatter: (at) => (lines[at].row ? engine(lines[at].row) : ""),
        },
      },
      series: [{
        type: "custom", clip: false,
        data: items.map((item, at) => ({value: [item.value ?? x.min ?? 0, at], tip: item.tip})),
        renderItem: (_, api) => lineItem(items[api.value(1)], api, x.min ?? 0, bars),
      }],
    },
  };
}

function shortened(text, most) {
  return text.length <= most ? text : text.slice(0, most) + "…";
}

function lineItem(item, api, origin, bars) {
  const y = api.coord([origin, api.value(1)])[1];
  const at = (value) => api.coord([value, api.value(1)])[0];
  const text = (x, words, style) => ({
    type: "text", silent: true, x, y, style: {text: words, font: `12px ${FONT}`, verticalAlign: "middle", fill: INK, ...style},
  });
  if (item.heading != null) {
    return {
      type: "group",
      children: [text(0, shortened(item.heading, api.getWidth() / 8), {
        font: `600 12px ${FONT}`, backgroundColor: PAPER, padding: [3, 6, 3, 0],
      })],
    };
  }
  if (item.value == null) {
    return {type: "group", children: [text(at(origin) + 8, item.text, {fill: "var(--bad)", font: `600 12px ${FONT}`})]};
  }
  const fill = colour(engine(item.row));
  const children = [bars
    ? {type: "rect", shape: {x: at(origin), y: y - 7, width: at(item.value) - at(origin), height: 14}, style: {fill}}
    : {type: "path", shape: {pathData: SHAPES[symbol(engine(item.row))]}, x: at(item.value) - 14, y: y - 8, style: {fill}}];
  let end = at(item.value);
  if (item.low != null) {
    const [low, high] = [at(item.low), at(item.high)];
    end = Math.max(end, high);
    children.push({
      type: "path", silent: true,
      shape: {pathData: `M${low} ${y} H${high} M${low} ${y - 4} V${y + 4} M${high} ${y - 4} V${y + 4}`},
      style: {fill: "none", stroke: bars ? INK : fill, lineWidth: 1.5},
    });
  }
  children.push(text(end + 7, item.text, {}));
  return {type: "group", children};
}

const SPEED = plot({
  id: "speed",
  title: "Speed by device",
  text: "How many operations a second each device reached on each workload: longer is faster. "
      + "A whisker spans the 95% confidence interval of the median.",
  draw(rows) {
    const all = rows.filter((row) => !isCell(row));
    if (!all.some((row) => row.gflops != null)) return null;
    const reach = niceMaximum(Math.max(...all.map((row) => speed(row).high ?? row.gflops ?? 0)));
    const x = axis("value", "GFLOP/s", short, {min: 0, max: reach});
    return {
      stacked: true,
      panels: listed(all).map((lines) => ({option: lineChart(lines, x, ({row}) => speed(row), true)})),
      note: limitNote(all.length),
      table: {
        columns: [
          {title: "Workload", head: true, cell: (row) => row.name},
          {title: "Precision", cell: (row) => row.precision},
          {title: "Device", cell: engine},
          {title: "GFLOP/s", number: true, cell: (row) => (row.ok ? rate(row.gflops) : "wrong result")},
          {title: "95% interval", number: true, cell: (row) => interval(speed(row), rate)},
        ],
        items: all,
      },
    };
  },
});

/** The least of 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten that is no less. */
function niceMaximum(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((step) => step * power >= value);
}

function interval({low, high}, text) {
  return low == null ? NONE : `${text(low)} to ${text(high)}`;
}

function speed(row) {
  if (row.gflops == null) return {text: "✗ wrong result, no speed", tip: row.name};
  const flops = row.gflops * row.time.median;
  const low = row.time.median_high == null ? null : flops / row.time.median_high;
  const high = row.time.median_low == null ? null : flops / row.time.median_low;
  return {
    value: row.gflops, low, high, text: rate(row.gflops),
    tip: `${row.name}, ${row.precision}\n${engine(row)}\n${rate(row.gflops)} GFLOP/s, ${duration(row.time.median)} a call`
        + (low == null ? "" : `\n95%: ${rate(low)} to ${rate(high)} GFLOP/s`),
  };
}

const PEERS = plot({
  id: "peers",
  title: "Against other libraries",
  text: "How many times as fast as another library on the same machine with as many threads. Right of 1 is faster. "
      + "Ratios are taken within each repetition; a whisker spans the 95% confidence interval of their median.",
  draw(rows) {
    const all = rows.flatMap((row) => row.ratios.map((ratio) => ({...row, ratio})));
    if (all.length === 0) return null;
    const peers = groups(all, (row) => row.ratio.peer);
    const reach = span(all.flatMap(({ratio: r}) => [r.median_low ?? r.median, r.median_high ?? r.median, 1]), 10, [1, 2, 5]);
    return {
      stacked: true,
      panels: [...peers].flatMap(([peer, members]) => listed(members).map((lines) => {
        const option = lineChart(lines, logAxis(`times as fast as ${peer}`, (v) => short(v) + "×", reach),
            ({row}) => ratio(row), false);
        option.chart.series.push({
          type: "line", data: [], silent: true,
          markLine: {symbol: "none", label: {show: false}, lineStyle: {color: INK, width: 1.5, type: "solid"}, data: [{xAxis: 1}]},
        });
        return {title: peers.size > 1 ? "Against " + peer : null, option};
      })),
      note: limitNote(Math.max(...[...peers.values()].map((members) => members.length))),
      table: {
        columns: [
          {title: "Workload", head: true, cell: (row) => row.name},
          {title: "Precision", cell: (row) => row.precision},
          {title: "Device", cell: engine},
          {title: "Against", cell: (row) => row.ratio.peer},
          {title: "Times as fast", number: true, cell: (row) => times(row.ratio.median)},
          {title: "95% interval", number: true, cell: (row) => interval(ratio(row), times)},
        ],
        items: all,
      },
    };
  },
});

function ratio(row) {
  const {median, median_low: low, median_high: high, peer} = row.ratio;
  return {
    value: median, low, high, text: times(median),
    tip: `${row.name}, ${row.precision}\n${engine(row)}\n${times(median)} as fast as ${peer}`
        + (low == null ? "" : `\n95%: ${times(low)} to ${times(high)}`),
  };
}
