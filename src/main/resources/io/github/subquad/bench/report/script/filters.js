"use strict";
/* What is shown, chosen by check boxes and kept in the fragment of the address. */
const DIMENSIONS = [
  {key: "file", title: "File"},
  {key: "name", title: "Workload"},
  {key: "device", title: "Device"},
  {key: "precision", title: "Precision"},
  {key: "threads", title: "Threads"},
];

/** Values left out, a set for each dimension. */
const hidden = new Map(DIMENSIONS.map(({key}) => [key, new Set()]));

function passes(row) {
  return DIMENSIONS.every(({key}) => !hidden.get(key).has(String(row[key])));
}

function valuesOf(key) {
  const values = [...new Set([...ROWS, ...SKIPPED].map((row) => String(row[key])))];
  return key === "threads" ? values.sort((a, b) => a - b) : values;
}

/** Only what leaves a choice has boxes. */
function showFilters(changed) {
  const form = document.querySelector("#filters form");
  for (const {key, title} of DIMENSIONS) {
    const values = valuesOf(key);
    if (values.length > 1) form.append(fieldset(key, title, values, changed));
  }
  const panel = document.getElementById("filters");
  panel.hidden = form.childElementCount === 0;
  panel.open = matchMedia("(min-width: 40rem)").matches;
  form.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("hashchange", () => {
    readFragment();
    checkBoxes();
    changed();
  });
  readFragment();
  checkBoxes();
}

function fieldset(key, title, values, changed) {
  const boxes = values.map((value) => element("input", {type: "checkbox", name: key, value}));
  const choose = () => {
    hidden.set(key, new Set(boxes.filter((box) => !box.checked).map((box) => box.value)));
    writeFragment();
    changed();
  };
  const all = (checked) => {
    const button = element("button", {type: "button", "aria-label": `${title}: ${checked ? "all" : "none"}`},
        checked ? "All" : "None");
    button.addEventListener("click", () => {
      boxes.forEach((box) => (box.checked = checked));
      choose();
    });
    return button;
  };
  boxes.forEach((box) => box.addEventListener("change", choose));
  return element("fieldset", {},
      element("legend", {}, title),
      element("div", {class: "choices"},
          ...boxes.map((box) => element("label", {}, box, element("span", {}, box.value)))),
      element("div", {class: "all"}, all(true), all(false)));
}

/** Names what is shown where something is left out; an empty name shows nothing of its kind. */
function writeFragment() {
  const words = new URLSearchParams();
  for (const {key} of DIMENSIONS) {
    const shown = valuesOf(key).filter((value) => !hidden.get(key).has(value));
    if (hidden.get(key).size > 0) (shown.length ? shown : [""]).forEach((value) => words.append(key, value));
  }
  history.replaceState(null, "", "#" + words);
}

function readFragment() {
  const words = new URLSearchParams(location.hash.slice(1));
  for (const {key} of DIMENSIONS) {
    const shown = new Set(words.getAll(key));
    hidden.set(key, new Set(shown.size ? valuesOf(key).filter((value) => !shown.has(value)) : []));
  }
}

function checkBoxes() {
  document.querySelectorAll("#filters input").forEach((box) => {
    box.checked = !hidden.get(box.name).has(box.value);
  });
}
