"use strict";
/* Numbers as a person reads them, with their units, as the tables of the command line show them. */
const NONE = "–";

function digits(value, significant) {
  const before = value < 10 ? 1 : value < 100 ? 2 : value < 1000 ? 3 : significant;
  return value.toFixed(Math.max(0, significant - before));
}

/** In the largest unit that leaves at least 1; whole powers of ten stay short on an axis. */
function duration(nanos, significant = 4) {
  if (nanos == null) return NONE;
  const [size, unit] =
      nanos < 1e3 ? [1, "ns"] : nanos < 1e6 ? [1e3, "µs"] : nanos < 1e9 ? [1e6, "ms"] : [1e9, "s"];
  return digits(nanos / size, significant) + " " + unit;
}

function bytes(value, significant = 3) {
  if (value == null) return NONE;
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let power = 0;
  for (; value >= 1024 && power < units.length - 1; power++) value /= 1024;
  return (power === 0 ? Math.round(value) : digits(value, significant)) + " " + units[power];
}

function rate(value) {
  return value == null ? NONE : value !== 0 && value < 0.01 ? value.toExponential(1) : digits(value, 3);
}

function percent(ratio) {
  return ratio == null ? NONE : (100 * ratio).toFixed(1) + "%";
}

function error(value) {
  return Number.isFinite(value) ? value.toExponential(1) : "not finite";
}

function times(value) {
  return value == null ? NONE : digits(value, 3) + "×";
}

/** 4096 is 4k, as in the names of workloads. */
function tokens(count) {
  return count >= 1024 && count % 1024 === 0 ? count / 1024 + "k" : String(count);
}

/** For an axis over powers of ten: 0.01, 1, 100, 10k, 1M. */
function short(value) {
  const [size, unit] = value >= 1e9 ? [1e9, "G"] : value >= 1e6 ? [1e6, "M"] : value >= 1e4 ? [1e3, "k"] : [1, ""];
  return Number((value / size).toPrecision(3)) + unit;
}
