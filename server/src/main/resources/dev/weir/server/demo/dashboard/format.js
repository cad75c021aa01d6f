// How numbers are written: tabular, short, and never without a unit.
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const one = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const two = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

export const none = "–";

export function count(value) {
  return whole.format(value);
}

export function rate(value) {
  return value >= 100 || value === 0 ? whole.format(value) : one.format(value);
}

export function ratio(value) {
  return value === null || !Number.isFinite(value) ? none : value >= 10 ? whole.format(value) : one.format(value);
}

export function millis(value) {
  if (value >= 10_000) {
    return `${one.format(value / 1000)} s`;
  }
  return value === 0 ? "0 ms" : value >= 100 ? `${whole.format(value)} ms` : value >= 10 ? `${one.format(value)} ms` : `${two.format(value)} ms`;
}

export function seconds(value) {
  if (value >= 120_000) {
    return `${whole.format(Math.floor(value / 60_000))} min ${whole.format(Math.floor(value / 1000) % 60)} s`;
  }
  return `${one.format(value / 1000)} s`;
}

export function bytes(value) {
  if (value < 1024) {
    return `${whole.format(value)} B`;
  }
  if (value < 1024 * 1024) {
    return `${one.format(value / 1024)} KiB`;
  }
  return `${one.format(value / 1024 / 1024)} MiB`;
}

export function ago(value) {
  return value === 0 ? "now" : value >= 120 || value === 60 ? `${value / 60} min ago` : `${value} s ago`;
}
