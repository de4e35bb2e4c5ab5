"use strict";
/* A grid of chunk sizes for each workload and device. */

/** Viridis, from slow to fast, legible in grey and to colour-blind eyes. */
const VIRIDIS = ["#440154", "#46327e", "#365c8d", "#277f8e", "#1fa187", "#4ac16d", "#a0da39", "#fde725"];

const CHUNKS = plot({
  id: "chunks",
  title: "Chunk sizes",
  text: "Speed in GFLOP/s of the same call cut into query chunks (down) and key chunks (across) of given sizes. Brighter is "
      + "faster; the fastest cell has a frame.",
  draw(rows) {
    const grids = groups(rows.filter((row) => isCell(row) && (row.gflops != null || !row.ok)),
        (row) => `${row.name} · ${row.precision} · ${engine(row)}`);
    return {
      panels: [...grids].map(([title, cells]) => ({title, option: grid(cells)})),
      table: {
        columns: [
          {title: "Workload", head: true, cell: (row) => row.name},
          {title: "Precision", cell: (row) => row.precision},
          {title: "Device", cell: engine},
          {title: "Query chunk", number: true, cell: (row) => String(row.setting.query_chunk_size)},
          {title: "Key chunk", number: true, cell: (row) => String(row.setting.kv_chunk_size)},
          {title: "GFLOP/s", number: true, cell: (row) => (row.ok ? rate(row.gflops) : "wrong result")},
        ],
        items: [...grids.values()].flat(),
      },
    };
  },
});

function grid(cells) {
  const ascending = (key) => [...new Set(cells.map((row) => row.setting[key]))].sort((a, b) => a - b);
  const [across, down] = [ascending("kv_chunk_size"), ascending("query_chunk_size")];
  const speeds = cells.filter((row) => row.ok).map((row) => row.gflops);
  const [least, most] = [Math.min(...speeds), Math.max(...speeds)];
  const sizesAxis = (name, sizes, gap) => ({
    type: "category", data: sizes.map(tokens), name, nameLocation: "middle", nameGap: gap, nameTextStyle: QUIET,
    axisLabel: QUIET, axisLine: {show: false}, axisTick: {show: false}, splitArea: {show: false}, splitLine: {show: false},
  });
  return {
    height: 84 + 46 * down.length,
    chart: {
      grid: {left: 66, right: 8, top: 6, bottom: 52, outerBoundsMode: "none"},
      xAxis: sizesAxis("keys of a chunk", across, 28),
      yAxis: {...sizesAxis("queries of a chunk", down, 44), inverse: true},
      series: [{
        type: "heatmap",
        emphasis: {disabled: true},
        data: cells.toSorted((a, b) => (a.gflops ?? 0) - (b.gflops ?? 0)).map((row) => { // the frame on top
          const part = most > least ? (row.gflops - least) / (most - least) : 1;
          const best = row.ok && row.gflops === most;
          return {
            value: [across.indexOf(row.setting.kv_chunk_size), down.indexOf(row.setting.query_chunk_size), row.gflops ?? 0],
            tip: `query chunks ${row.setting.query_chunk_size}, key chunks ${row.setting.kv_chunk_size}\n`
                + (row.ok ? `${rate(row.gflops)} GFLOP/s, ${duration(row.time.median)} a call` : "wrong result"),
            itemStyle: {
              color: row.ok ? shade(part) : "var(--soft)", borderColor: best ? INK : PAPER, borderWidth: best ? 3 : 2,
            },
            label: {
              show: true, formatter: row.ok ? rate(row.gflops) : "✗ wrong", fontFamily: FONT, fontSize: 12,
              fontWeight: best ? 700 : 400, color: !row.ok ? "var(--bad)" : part > 0.6 ? "#111" : "#fff",
            },
          };
        }),
      }],
      // A heat map must have one; the cells have their colours already.
      visualMap: {show: false, min: 0, max: 1, seriesIndex: [], inRange: {color: VIRIDIS}},
    },
  };
}

function shade(part) {
  return VIRIDIS[Math.min(VIRIDIS.length - 1, Math.floor(part * VIRIDIS.length))];
}
