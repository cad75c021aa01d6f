// Line charts in SVG: a time axis that ends now, lines told apart by dash as well as colour and labelled where they end,
// a sentence for those who can't see them, and the same numbers as a table.
import { ago } from "/format.js";

const SVG = "http://www.w3.org/2000/svg";
const MARGIN = { top: 10, right: 92, bottom: 22, left: 54 };
const TABLE_ROWS = 12;

function element(name, attributes = {}, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  if (text !== undefined) {
    made.textContent = text;
  }
  return made;
}

function niceTop(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 4, 6, 8, 10, 20].map((step) => step * power).find((step) => step >= value * 1.02);
}

/** Numbers to pixels: linear from 0, or logarithmic from 1 with one decade below it that ends in 0. */
function scaleOf(logarithmic, top, height) {
  if (!logarithmic) {
    const ticks = [0, top / 2, top];
    return { at: (value) => height * (1 - value / top), ticks };
  }
  const decades = Math.max(1, Math.ceil(Math.log10(Math.max(top, 10))));
  const ticks = Array.from({ length: decades + 1 }, (_, i) => 10 ** i);
  const at = (value) => height * (1 - Math.log10(Math.max(value, 0.1) / 0.1) / (decades + 1));
  return { at, ticks: [0, ...ticks] };
}

/**
 * A chart inside a figure.
 *
 * options: title; series: [{ key, name, mark }] where mark is a class that sets colour and dash; format: a number as text;
 * least: the smallest top of the axis; logarithmic; area: fills below the first line.
 */
export function chart(figure, options) {
  const caption = document.createElement("figcaption");
  const title = document.createElement("span");
  title.textContent = options.title;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "as-table";
  button.setAttribute("aria-expanded", "false");
  button.append("Show as table");
  const about = document.createElement("span");
  about.className = "visually-hidden";
  about.textContent = `: ${options.title}`;
  button.append(about);
  caption.append(title, button);
  const svg = element("svg", { role: "img", focusable: "false" });
  const table = document.createElement("table");
  table.className = "chart-table";
  table.hidden = true;
  figure.append(caption, svg, table);

  let points = [];
  let span = 300;
  let wide = 0;

  button.addEventListener("click", () => {
    const open = table.hidden;
    table.hidden = !open;
    svg.toggleAttribute("hidden", open);
    button.firstChild.textContent = open ? "Show as chart" : "Show as table";
    button.setAttribute("aria-expanded", String(open));
    draw();
  });
  new ResizeObserver((entries) => {
    const width = Math.floor(entries[0].contentRect.width);
    if (width !== wide) {
      wide = width;
      draw();
    }
  }).observe(figure);

  function draw() {
    if (wide === 0 || points.length === 0) {
      return;
    }
    if (table.hidden) {
      drawLines();
    } else {
      drawTable();
    }
  }

  function drawLines() {
    const height = svg.clientHeight || 160;
    const right = wide < 420 ? 74 : MARGIN.right;
    const inner = { width: wide - MARGIN.left - right, height: height - MARGIN.top - MARGIN.bottom };
    const end = points[points.length - 1].at;
    const x = (at) => MARGIN.left + inner.width * (1 - (end - at) / (span * 1000));
    const highest = Math.max(...options.series.flatMap((one) => points.map((point) => point[one.key] ?? 0)), 0);
    const scale = scaleOf(options.logarithmic, niceTop(Math.max(highest, options.least ?? 1)), inner.height);
    const y = (value) => MARGIN.top + scale.at(value);
    const parts = [];
    for (const tick of scale.ticks) {
      const line = Math.round(y(tick)) + 0.5;
      parts.push(element("line", { class: tick === 0 ? "axis" : "grid", x1: MARGIN.left, x2: MARGIN.left + inner.width, y1: line, y2: line }));
      parts.push(element("text", { class: "tick", x: MARGIN.left - 8, y: line + 3.5, "text-anchor": "end" }, options.tick ? options.tick(tick) : options.format(tick)));
    }
    for (const back of inner.width < 260 ? [span, 0] : [span, span / 2, 0]) {
      const anchor = back === span ? "start" : back === 0 ? "end" : "middle";
      parts.push(element("text", { class: "tick", x: x(end - back * 1000), y: height - 5, "text-anchor": anchor }, ago(back)));
    }
    const labels = [];
    options.series.forEach((one, index) => {
      let path = "";
      let before;
      for (const point of points) {
        const value = point[one.key];
        if (value === undefined || value === null) {
          before = undefined;
          continue;
        }
        const gap = before === undefined || point.at - before > 3500;
        path += `${gap ? "M" : "L"}${x(point.at).toFixed(1)} ${y(value).toFixed(1)}`;
        before = point.at;
      }
      if (path === "") {
        return;
      }
      if (options.area && index === 0) {
        const first = points.find((point) => point[one.key] !== undefined && point[one.key] !== null);
        parts.push(element("path", { class: `area ${one.mark}`, d: `${path.replace(/(?!^)M/g, "L")}L${x(end).toFixed(1)} ${y(0).toFixed(1)}L${x(first.at).toFixed(1)} ${y(0).toFixed(1)}Z` }));
      }
      parts.push(element("path", { class: `line ${one.mark}`, d: path }));
      const last = points[points.length - 1][one.key] ?? 0;
      parts.push(element("circle", { class: `dot ${one.mark}`, cx: x(end), cy: y(last), r: 3 }));
      labels.push({ name: one.name, value: options.format(last), y: y(last) });
    });
    labels.sort((a, b) => a.y - b.y);
    const step = 30;
    labels.forEach((label, i) => {
      label.y = Math.max(label.y, i === 0 ? MARGIN.top + 6 : labels[i - 1].y + step);
    });
    for (let i = labels.length - 1; i >= 0; i--) {
      const lowest = i === labels.length - 1 ? height - MARGIN.bottom - 12 : labels[i + 1].y - step;
      labels[i].y = Math.min(labels[i].y, lowest);
    }
    for (const label of labels) {
      const text = element("text", { class: "end", x: MARGIN.left + inner.width + 9, y: label.y });
      text.append(element("tspan", { class: "end-value" }, label.value));
      text.append(element("tspan", { class: "end-name", x: MARGIN.left + inner.width + 9, dy: "1.15em" }, label.name));
      parts.push(text);
    }
    svg.setAttribute("viewBox", `0 0 ${wide} ${height}`);
    svg.setAttribute("aria-label", sentence());
    svg.replaceChildren(...parts);
  }

  function sentence() {
    const told = options.series.map((one) => {
      const values = points.map((point) => point[one.key]).filter((value) => value !== undefined && value !== null);
      return values.length === 0
        ? `${one.name}: nothing yet`
        : `${one.name}: ${options.format(values[values.length - 1])} now, ${options.format(Math.min(...values))} to ${options.format(Math.max(...values))} in this window`;
    });
    return `${options.title}. ${told.join(". ")}.`;
  }

  function drawTable() {
    const head = document.createElement("tr");
    for (const name of ["Time", ...options.series.map((one) => one.name)]) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = name;
      head.append(cell);
    }
    const rows = [];
    const step = Math.max(1, Math.floor(points.length / TABLE_ROWS));
    for (let i = points.length - 1; i >= 0 && rows.length < TABLE_ROWS; i -= step) {
      const row = document.createElement("tr");
      const time = document.createElement("th");
      time.scope = "row";
      time.textContent = new Date(points[i].at).toLocaleTimeString("en-GB");
      row.append(time);
      for (const one of options.series) {
        const cell = document.createElement("td");
        const value = points[i][one.key];
        cell.textContent = value === undefined || value === null ? "–" : options.format(value);
        row.append(cell);
      }
      rows.push(row);
    }
    const headOfTable = document.createElement("thead");
    headOfTable.append(head);
    const body = document.createElement("tbody");
    body.append(...rows);
    const caption = document.createElement("caption");
    caption.className = "visually-hidden";
    caption.textContent = options.title;
    table.replaceChildren(caption, headOfTable, body);
  }

  return {
    /** Shows points (oldest first, each with `at` in milliseconds) over a window of so many seconds. */
    show(newPoints, seconds) {
      points = newPoints;
      span = seconds;
      draw();
    },
  };
}
