"use strict";
/* The rows of all files, flat, with what charts and filters ask of them. */
const DATA = JSON.parse(document.getElementById("data").textContent);
const SEVERAL_FILES = DATA.files.length > 1;
const ROWS = DATA.files.flatMap(rowsOf);
const SKIPPED = DATA.files.flatMap((file) =>
    file.report.skipped.map((s) => ({...facts(file, s), reason: s.reason, failed: s.failed})));
const ROOFS = DATA.files.flatMap((file) => (file.report.roofs ?? []).map((roof) => ({...roof, file: file.name})));
const SEVERAL_THREADS = new Set([...ROWS, ...SKIPPED].map((row) => row.threads)).size > 1;

/** Devices in the order in which they first come, which is that of their colours and marks. */
const ENGINES = [...new Set(ROWS.map(engine))];
const COLOURS = 7;
const SYMBOLS = ["circle", "rect", "triangle", "diamond", "invert", "cross", "bar"];

function rowsOf(file) {
  const rows = file.report.rows.map((row) => {
    const {query_heads: heads, query_tokens: q, key_tokens: k} = row.workload.shape;
    return {
      ...row,
      ...facts(file, row),
      heads, q, k,
      ok: row.verdict.ok,
      time: row.statistics,
      turns: row.turns_nanos,
      ratios: [],
    };
  });
  file.ratios.forEach((ratio) =>
      rows[ratio.row].ratios.push({peer: ratio.peer, ...ratio.statistics}));
  return rows;
}

/** What rows and skipped rows have in common. */
function facts(file, {workload, setting}) {
  return {
    file: file.name,
    name: label(workload),
    precision: workload.data_type,
    device: setting.device == null ? setting.backend : setting.backend + ":" + setting.device,
    threads: setting.threads,
    peer: setting.peer,
    variant: variant(setting),
    setting,
    workload,
  };
}

/** Its name, and its pass unless that is forward. */
function label({name, pass}) {
  return name + (pass === "forward" ? "" : ", " + pass.replace("-", "+"));
}

/** As far as it was chosen by hand. Rows with both chunk sizes are cells of a heat map. */
function variant(setting) {
  const words = [];
  if (setting.kernel_step != null) words.push("step " + setting.kernel_step);
  else if (setting.kernel !== "auto") words.push(setting.kernel);
  if (setting.merge !== "device") words.push("merge on " + setting.merge);
  if (!setting.use_checkpoint) words.push("weights kept");
  const {query_chunk_size: q, kv_chunk_size: k} = setting;
  if ((q == null) !== (k == null)) words.push(q == null ? "key chunks " + k : "query chunks " + q);
  return words.join(", ");
}

function isCell(row) {
  return row.setting.query_chunk_size != null && row.setting.kv_chunk_size != null;
}

/** What is compared: a device, with the form, threads and file where they differ. */
function engine(row) {
  return [
    row.device + (row.variant ? " " + row.variant : ""),
    ...(SEVERAL_THREADS ? [row.threads === 1 ? "1 thread" : row.threads + " threads"] : []),
    ...(SEVERAL_FILES ? [row.file] : []),
  ].join(" · ");
}

function colour(name) {
  return `var(--c${ENGINES.indexOf(name) % COLOURS})`;
}

function symbol(name) {
  const at = ENGINES.indexOf(name);
  return SYMBOLS[(at + Math.floor(at / COLOURS)) % SYMBOLS.length];
}

/** A call's sizes in words. */
function sizes(row) {
  const s = row.workload.shape;
  return `heads ${s.query_heads}${s.key_heads === s.query_heads ? "" : " over " + s.key_heads}, `
      + `queries ${s.query_tokens}, keys ${s.key_tokens}, channels ${s.channels}`
      + (s.value_channels === s.channels ? "" : `, value channels ${s.value_channels}`)
      + (row.workload.causal === "none" ? "" : ", causal " + row.workload.causal);
}

/** A map from key to items, in the order in which keys first come. */
function groups(items, key) {
  const all = new Map();
  for (const item of items) {
    const k = key(item);
    if (!all.has(k)) all.set(k, []);
    all.get(k).push(item);
  }
  return all;
}
