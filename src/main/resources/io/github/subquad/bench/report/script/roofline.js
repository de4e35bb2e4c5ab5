"use strict";
/* Speed over intensity, below what arithmetic and memory of each device allow. */

/** Operations over the bytes of query, key, value and output, and of the gradient of each if there is one, moved once. */
function intensity(row) {
  const s = row.workload.shape;
  const width = row.precision === "f32" ? 4 : 2;
  const elements = s.query_heads * s.query_tokens * (s.channels + s.value_channels)
      + s.key_heads * s.key_tokens * (s.channels + s.value_channels);
  const tensors = row.workload.pass === "forward" ? 1 : 2;
  return row.gflops * row.time.median / (elements * width * tensors);
}

function roofName(roof) {
  return roof.device + (SEVERAL_THREADS ? ` · ${roof.threads === 1 ? "1 thread" : roof.threads + " threads"}` : "")
      + (SEVERAL_FILES ? " · " + roof.file : "");
}

/** Peers compute on the processor. */
function place(row) {
  return row.peer ? "cpu:0" : row.device;
}

function roofOf(row) {
  return ROOFS.find((roof) => Math.min(peak(roof), bandwidth(roof)) > 0 && roof.device === place(row) && (roof.threads === row.threads || !place(row).startsWith("cpu:")) && roof.file === row.file);
}

const ROOFLINE = plot({
  id: "roofline",
  title: "Roofline",
  text: "Each mark is a row: how many operations it does for each byte of query, key, value and output (to the right: more), "
      + "and how fast. A roof is the most that its device was measured to do: reading memory limits its slope, multiply-adds its "
      + "flat part. The closer a mark lies below its roof, the better the device is used.",
  draw(rows) {
    const points = rows.filter((row) => row.gflops != null && roofOf(row) && !isCell(row));
    if (points.length === 0) return null;
    const roofs = [...new Set(points.map(roofOf))];
    const xs = [...points.map(intensity), ...roofs.map(ridge)];
    const x = span(xs);
    const y = span([...points.map((row) => row.gflops), ...roofs.map(peak)], 10, [1, 2, 5]);
    const engines = groups(points, engine);
    return {
      panels: [{
        option: {
          height: 440,
          chart: {
            grid: {left: 70, right: 24, top: 24, bottom: 48, outerBoundsMode: "none"},
            xAxis: logAxis("FLOP per byte of query, key, value and output", short, x, {nameGap: 28}),
            yAxis: logAxis("GFLOP/s", short, y, {nameGap: 48}),
            series: [
              ...roofs.map((roof) => roofLine(roof, x, y)),
              ...[...engines].map(([name, members]) => ({
                type: "scatter", symbol: mark(symbol(name)), symbolSize: 10, itemStyle: {color: colour(name), opacity: 1},
                emphasis: {disabled: true},
                data: members.map((row) => ({
                  value: [intensity(row), row.gflops],
                  tip: `${row.name}, ${row.precision}\n${name}\n${rate(row.gflops)} GFLOP/s at ${rate(intensity(row))} FLOP/B`
                      + `\n${percent(row.gflops / attainable(roofOf(row), intensity(row)))} of the roof`,
                })),
              })),
            ],
          },
        },
      }],
      key: [
        ...keyOf(points),
        ...roofs.map((roof) => ({name: "roof of " + roofName(roof), colour: roofColour(roof), dash: roofDash(roof).join(" ")})),
      ],
      table: {
        columns: [
          {title: "Workload", head: true, cell: (row) => row.name},
          {title: "Precision", cell: (row) => row.precision},
          {title: "Device", cell: engine},
          {title: "FLOP/B", number: true, cell: (row) => rate(intensity(row))},
          {title: "GFLOP/s", number: true, cell: (row) => rate(row.gflops)},
          {title: "Roof", number: true, cell: (row) => rate(attainable(roofOf(row), intensity(row)))},
          {title: "Of the roof", number: true, cell: (row) => percent(row.gflops / attainable(roofOf(row), intensity(row)))},
        ],
        items: points,
      },
    };
  },
});

function peak(roof) {
  return roof.fma_gflops.best;
}

function bandwidth(roof) {
  return roof.read_gigabytes_per_second.best;
}

function ridge(roof) {
  return peak(roof) / bandwidth(roof);
}

function attainable(roof, flopsPerByte) {
  return Math.min(peak(roof), flopsPerByte * bandwidth(roof));
}

/** The colour of the first of its device's rows. */
function roofColour(roof) {
  const row = ROWS.find((candidate) => roofOf(candidate) === roof);
  return colour(engine(row));
}

function roofDash(roof) {
  return [[], [7, 3], [3, 3], [9, 3, 2, 3]][ROOFS.indexOf(roof) % 4];
}

function roofLine(roof, x, y) {
  const left = Math.max(x.min, y.min / bandwidth(roof)); // where the slope enters the frame
  return {
    type: "line", symbol: "none", silent: true, emphasis: {disabled: true}, z: 1,
    lineStyle: {color: roofColour(roof), width: 1.75, type: roofDash(roof).length ? roofDash(roof) : "solid"},
    data: [left, ridge(roof), x.max].map((at) => [at, attainable(roof, at)]),
    endLabel: {
      show: true, align: "right", verticalAlign: "bottom", distance: 0, offset: [-4, -6], color: roofColour(roof),
      fontFamily: FONT, fontSize: 12, formatter: () => `${short(peak(roof))} GFLOP/s, ${short(bandwidth(roof))} GB/s`,
    },
  };
}
