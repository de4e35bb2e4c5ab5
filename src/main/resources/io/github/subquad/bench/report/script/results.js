"use strict";
/* The table of results, verdict first, and that of what was not measured. */
const sorting = {title: null, direction: "ascending"};

function resultColumns(rows) {
  const peers = [...new Set(rows.flatMap((row) => row.ratios.map((ratio) => ratio.peer)))];
  const phase = (call, key) => (row) => row.peer ? null : row.start?.[call]?.[key] ?? null;
  const number = (title, value, text) => ({title, number: true, value, cell: (row) => text(value(row))});
  const word = (title, value) => ({title, value, cell: (row) => value(row) || NONE});
  const all = [
    {
      title: "Verdict", mark: "verdict", value: (row) => (row.ok ? 0 : 1),
      cell: (row) => `${row.ok ? "✓ ok" : "✗ WRONG"} (${error(row.verdict.relative_error)})`,
    },
    {title: "Workload", head: true, value: (row) => row.name, cell: workloadCell},
    word("Precision", (row) => row.precision),
    word("Device", (row) => row.device),
    word("Form", (row) => row.variant),
    word("Chunks", (row) => isCell(row) ? `${row.plan.query_chunk_size}\u00a0×\u00a0${row.plan.kv_chunk_size}` : ""),
    number("Threads", (row) => row.threads, String),
    number("Time", (row) => row.time?.median, duration),
    number("±", uncertainty, percent),
    number("GFLOP/s", (row) => row.gflops, rate),
    number("GB/s", (row) => row.gigabytes_per_second, rate),
    ...peers.map((peer) => number("× " + peer,
        (row) => row.ratios.find((ratio) => ratio.peer === peer)?.median, times)),
    number("Kernels", phase("steady_call", "kernel_nanos"), duration),
    number("First call", (row) => row.start?.first_call_nanos, duration),
    number("Planned", (row) => row.memory.planned_bytes, bytes),
    number("Held", (row) => row.memory.held_bytes, bytes),
    number("J a call", (row) => row.energy && row.energy.joules / row.energy.calls, rate),
    ...(SEVERAL_FILES ? [word("File", (row) => row.file)] : []),
  ];
  return all.filter((column) => column.head || rows.some((row) => column.cell(row) !== NONE));
}

function uncertainty(row) {
  const time = row.time;
  return time?.median_low == null ? null : (time.median_high - time.median_low) / (2 * time.median);
}

function workloadCell(row) {
  const steady = row.start == null || row.start.steady ? "" : "Not steady yet when the warm-up was over.";
  return element("details", {},
      element("summary", {}, row.name),
      element("div", {class: "quiet"}, sizes(row)),
      element("div", {class: "quiet"},
          (row.verdict.part === "output" ? "" : row.verdict.part.replace("-", " ") + ": ")
          + `error ${error(row.verdict.relative_error)}, `
          + (row.verdict.part === "output" ? `greatest of a row ${error(row.verdict.greatest_row_error)}, ` : "")
          + `bound ${error(row.verdict.bound)}, ${row.verdict.rows_checked} of ${row.verdict.rows} rows checked. `
          + steady),
      element("code", {}, row.command));
}

/** Sorted by whatever the last button said; equal rows keep their order. */
function sorted(rows, columns) {
  const column = columns.find(({title}) => title === sorting.title);
  if (column == null) return rows;
  const sign = sorting.direction === "ascending" ? 1 : -1;
  return rows.toSorted((a, b) => {
    const [x, y] = [column.value(a), column.value(b)];
    if (x == null || y == null) return (x == null) - (y == null); // what is not known comes last
    return sign * (typeof x === "number" ? x - y : String(x).localeCompare(String(y)));
  });
}

function showResults(place, rows, skipped) {
  const columns = resultColumns(rows);
  const again = (at) => {
    const {title} = columns[at];
    const same = sorting.title === title && sorting.direction === "ascending";
    Object.assign(sorting, {title, direction: same ? "descending" : "ascending"});
    showResults(place, rows, skipped);
    place.querySelectorAll("thead button")[at].focus();
  };
  place.replaceChildren(element("h2", {}, "Results"),
      element("p", {}, "Each row is one call on one device. Its verdict comes first: a wrong result has no speed. "
          + "The name of a workload opens its sizes, errors and the command that repeats it; a heading sorts."));
  if (rows.length > 0) {
    place.append(table("Results with verdict, time, speed and memory", columns, sorted(rows, columns),
        {rowClass: (row) => (row.ok ? null : "failed"), sort: sorting, onSort: again}));
  }
  if (skipped.length > 0) place.append(element("h3", {class: "apart"}, "Not measured"), skippedTable(skipped));
}

function skippedTable(skipped) {
  return table("What was asked for and not measured, and why", [
    {title: "Verdict", mark: "verdict", cell: (row) => (row.failed ? "✗ FAILED" : "skipped")},
    {title: "Workload", head: true, cell: (row) => row.name},
    {title: "Precision", cell: (row) => row.precision},
    {title: "Device", cell: (row) => row.device},
    {title: "Threads", number: true, cell: (row) => String(row.threads)},
    {title: "Reason", cell: (row) => row.reason},
  ], skipped, {rowClass: (row) => (row.failed ? "failed" : null)});
}
