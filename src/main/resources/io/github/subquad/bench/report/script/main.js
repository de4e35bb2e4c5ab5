"use strict";
/* Puts the page together and draws it anew when the filters change. */
const RESULTS = element("section", {"aria-label": "Results"});
const PLOTS = [SPEED, PEERS, SCALING_TIME, SCALING_MEMORY, ROOFLINE, CHUNKS, SAMPLES];

function update() {
  const rows = ROWS.filter(passes);
  const skipped = SKIPPED.filter(passes);
  document.getElementById("count").textContent =
      `Showing ${rows.length} of ${ROWS.length} results`
      + (SKIPPED.length ? ` and ${skipped.length} of ${SKIPPED.length} not measured` : "") + ".";
  showResults(RESULTS, rows, skipped);
  PLOTS.forEach((each) => each.update(rows));
}

/** The system's choice until a person chooses. */
function followTheme() {
  const root = document.documentElement;
  const button = document.getElementById("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const set = (dark) => {
    root.dataset.theme = dark ? "dark" : "light";
    button.textContent = dark ? "Light colours" : "Dark colours";
  };
  const follow = () => set(system.matches);
  system.addEventListener("change", follow);
  button.addEventListener("click", () => {
    system.removeEventListener("change", follow);
    set(root.dataset.theme !== "dark");
  });
  follow();
}

followTheme();
showHeader();
document.getElementById("results").append(RESULTS, ...PLOTS.map((each) => each.section));
showFilters(update);
update();
