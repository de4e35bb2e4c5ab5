"use strict";
/* How time and memory grow with the number of tokens, in families of calls that differ in it alone. */
const LEAST_SIZES = 3;

/** Families of as many queries as keys, by all else. */
function families(rows) {
  const square = rows.filter((row) => row.q === row.k && row.ok && !isCell(row) && row.time != null);
  const all = groups(square, (row) => {
    const s = row.workload.shape;
    return `${s.query_heads === 1 ? "1 head" : s.query_heads + " heads"}`
        + (s.key_heads === s.query_heads ? "" : ` over ${s.key_heads}`)
        + `, ${s.channels} channels` + (s.value_channels === s.channels ? "" : ` (${s.value_channels} of values)`)
        + (row.workload.causal === "none" ? "" : ", causal")
        + (row.workload.pass === "forward" ? "" : ", " + row.workload.pass.replace("-", "+")) + ` · ${row.precision}`;
  });
  return new Map([...all].filter(([, members]) => new Set(members.map((row) => row.k)).size >= LEAST_SIZES));
}

function byTokens(a, b) {
  return a.k - b.k;
}

/** A line for each device through value(row), with its mark. */
function growthLines(rows, value, words, style) {
  return [...groups(rows.filter((row) => value(row) > 0), engine)].map(([name, members]) => ({
    type: "line", symbol: mark(symbol(name)), symbolSize: 9,
    itemStyle: {color: colour(name)}, lineStyle: {color: colour(name), width: 2},
    emphasis: {disabled: true},
    ...style,
    data: members.toSorted(byTokens).map((row) => ({
      value: [row.k, value(row)], tip: `${row.name}, ${row.precision}\n${name}\n${words(row)}`,
    })),
  }));
}

function dashed(points) {
  return {
    type: "line", data: points, symbol: "none", silent: true, emphasis: {disabled: true},
    lineStyle: {color: MUTED, width: 1.5, type: [6, 5]}, z: 1,
  };
}

function growthPanel(title, rows, y, series) {
  const counts = rows.map((row) => row.k);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return {
    title,
    option: {
      height: 340,
      chart: {
        grid: {left: 74, right: 18, top: 12, bottom: 48, outerBoundsMode: "none"},
        xAxis: logAxis("tokens (queries = keys)", tokens, {min: least / 1.25, max: most * 1.25, ticks: [...new Set(counts)]}, {nameGap: 28}),
        yAxis: y,
        series,
      },
    },
  };
}

const GROWTH_COLUMNS = [
  {title: "Workload", head: true, cell: (row) => row.name},
  {title: "Precision", cell: (row) => row.precision},
  {title: "Device", cell: engine},
  {title: "Tokens", number: true, cell: (row) => String(row.k)},
];

const SCALING_TIME = plot({
  id: "scaling-time",
  title: "How time grows",
  text: "Time of a call over the number of tokens, both on logarithmic axes: a slope of two is quadratic growth, as the "
      + "dashed n² line through the fastest device's longest call. Lower is faster.",
  draw(rows) {
    const all = families(rows);
    const members = [...all.values()].flat();
    return {
      panels: [...all].map(([title, family]) => {
        const most = Math.max(...family.map((row) => row.k));
        const least = Math.min(...family.map((row) => row.k));
        const end = Math.min(...family.filter((row) => row.k === most).map((row) => row.time.median));
        const lines = growthLines(family, (row) => row.time.median, (row) => duration(row.time.median), {});
        return growthPanel(title, family,
            logAxis("time of a call", (v) => duration(v, 1), span(family.map((row) => row.time.median)), {nameGap: 58}),
            [dashed([[least, end * (least / most) ** 2], [most, end]]), ...lines]);
      }),
      key: [...keyOf(members, "none"), {name: "n²", colour: MUTED, dash: "6 4"}],
      table: {
        columns: [...GROWTH_COLUMNS, {title: "Time", number: true, cell: (row) => duration(row.time.median)}],
        items: members,
      },
    };
  },
});

/** Of all scores in float32, which a plain evaluation holds. */
function scoreBytes(row) {
  return 4 * row.heads * row.q * row.k;
}

const SCALING_MEMORY = plot({
  id: "scaling-memory",
  title: "How memory grows",
  text: "Memory beyond inputs and output over the number of tokens, both on logarithmic axes: what the plan says, what the "
      + "engine held at most, and by how much the process grew in the first call, with all that was loaded for it. The dashed "
      + "line is the n² matrix of all scores in float32, which a plain evaluation holds.",
  draw(rows) {
    const all = families(rows.filter((row) => !row.peer || row.memory.held_bytes || row.memory.resident_growth_bytes));
    const members = [...all.values()].flat();
    const held = (row) => row.memory.held_bytes;
    const grown = (row) => row.memory.resident_growth_bytes;
    const planned = (row) => row.memory.planned_bytes;
    return {
      panels: [...all].map(([title, family]) => {
        const ends = family.toSorted(byTokens);
        const all = family.flatMap((row) => [scoreBytes(row), planned(row), held(row), grown(row)]);
        const score = [ends[0], ends.at(-1)].map((row) => [row.k, scoreBytes(row)]);
        return growthPanel(title, family,
            logAxis("bytes beyond inputs and output", (v) => bytes(v, 1), span(all, 32), {nameGap: 58}), [
          dashed(score),
          ...growthLines(family, grown, (row) => `process grew by ${bytes(grown(row))}`,
              {symbolSize: 5, lineStyle: undefined}).map((line) =>
                  ({...line, lineStyle: {color: line.itemStyle.color, width: 1.5, type: [2, 3]}})),
          ...growthLines(family, planned, (row) => `planned ${bytes(planned(row))}, held ${bytes(held(row))}`, {symbol: "none"}),
          ...growthLines(family, held, (row) => `planned ${bytes(planned(row))}, held ${bytes(held(row))}`, {lineStyle: {width: 0}}),
        ]);
      }),
      key: [
        ...keyOf(members, "none"),
        {name: "line: planned", colour: INK, dash: "none"},
        {name: "mark: held", colour: INK, symbol: "circle"},
        {name: "dots: growth of the process", colour: INK, dash: "2 3"},
        {name: "n² scores", colour: MUTED, dash: "6 4"},
      ],
      table: {
        columns: [
          ...GROWTH_COLUMNS,
          {title: "Planned", number: true, cell: (row) => bytes(planned(row))},
          {title: "Held", number: true, cell: (row) => bytes(held(row))},
          {title: "Process grew by", number: true, cell: (row) => bytes(grown(row))},
          {title: "All scores", number: true, cell: (row) => bytes(scoreBytes(row))},
        ],
        items: members,
      },
    };
  },
});
