"use strict";
/* What was measured, where and when, for each file. */
function showHeader() {
  const wrong = ROWS.filter((row) => !row.ok).length;
  const summary = document.getElementById("summary");
  summary.append(`${ROWS.length - wrong} of ${ROWS.length} results agree with float64. `);
  if (wrong > 0) summary.append(element("span", {class: "wrong"}, `✗ ${wrong} wrong. `));
  if (SKIPPED.length > 0) summary.append(`${SKIPPED.length} not measured.`);
  document.getElementById("files").append(...DATA.files.map(fileFacts));
}

function fileFacts({name, report}) {
  const {environment: machine, run} = report;
  const devices = new Set(report.rows.map((row) => row.device).filter((d) => d.name)
      .map((d) => `${d.backend}:${d.id} ${d.name}${d.note ? ` (${d.note})` : ""}`));
  return element("article", {class: "file", "aria-label": name},
      element("h2", {}, name),
      factList([
        ["Processor", `${machine.processor}, ${machine.threads} ${machine.threads === 1 ? "processor" : "processors"}`],
        ["Memory", machine.memory_bytes > 0 ? bytes(machine.memory_bytes) : null],
        ["Date", run.started.replace("T", " ").replace("Z", " UTC")],
        ["Commit", machine.commit && machine.commit.slice(0, 12) + (machine.dirty ? ", changed since" : "")],
        ["System", machine.operating_system],
        ["Java", machine.java_machine],
        ["TornadoVM", machine.tornadovm],
      ]),
      element("details", {},
          element("summary", {}, "Devices, settings and command"),
          factList([
            ["Devices", [...devices].join("; ")],
            ["Command", element("code", {}, run.command)],
            ["Repetitions", `${run.protocol.repetitions}, ${plain(run.protocol.time)} of calls a row`],
            ["Warm-up", `at most ${plain(run.protocol.warm_up)}`],
            ["Caches", run.protocol.cache],
            ["Seed", String(run.seed)],
            ["Vector lanes", machine.lane_bits && machine.lane_bits + " bits"],
            ["Last-level cache", machine.last_level_cache_bytes && bytes(machine.last_level_cache_bytes)],
            ["Load average", machine.load_average == null ? null : String(machine.load_average)],
            ["Governor", machine.governor],
            ["Clock", machine.clock_megahertz && Math.round(machine.clock_megahertz) + " MHz"],
            ["Temperature", machine.temperature_celsius && machine.temperature_celsius + " °C"],
            ["Java options", (machine.java_options ?? []).join(" ")],
          ], ["Devices", "Command", "Java options"])));
}

/** PT1M30S is 1 min 30 s. */
function plain(iso) {
  return iso.slice(2).replace("H", " h ").replace("M", " min ").replace("S", " s").trim();
}
