// The live dashboard: one stream of events in, actions out by POST. State changes are announced; numbers are not.
import { chart } from "/chart.js";
import * as format from "/format.js";

const KEPT = 900;
const LONGEST_SILENCE = 5000;
const byId = (id) => document.getElementById(id);

const charts = {
  flow: chart(byId("chart-flow"), {
    title: "Writes absorbed and SQL statements, per second, logarithmic",
    series: [
      { key: "opsRate", name: "absorbed", mark: "mark-in" },
      { key: "statementRate", name: "statements", mark: "mark-out" },
    ],
    format: (value) => `${format.rate(value)}/s`,
    tick: (value) => new Intl.NumberFormat("en", { notation: "compact" }).format(value),
    logarithmic: true,
    least: 1000,
  }),
  pending: chart(byId("chart-pending"), {
    title: "Pending rows",
    series: [{ key: "pendingRows", name: "rows", mark: "mark-in" }],
    format: format.count,
    least: 20,
    area: true,
  }),
  age: chart(byId("chart-age"), {
    title: "Age of the oldest pending change",
    series: [{ key: "oldestAgeMillis", name: "waited", mark: "mark-age" }],
    format: format.seconds,
    tick: (value) => `${value / 1000} s`,
    least: 2000,
    area: true,
  }),
  flush: chart(byId("chart-flush"), {
    title: "Median and 99th percentile of a flush",
    series: [
      { key: "flushP99", name: "p99", mark: "mark-out" },
      { key: "flushP50", name: "p50", mark: "mark-in" },
    ],
    format: format.millis,
    tick: (value) => `${value} ms`,
    least: 5,
  }),
  journal: chart(byId("chart-journal"), {
    title: "The same of a journal sync",
    series: [
      { key: "journalP99", name: "p99", mark: "mark-out" },
      { key: "journalP50", name: "p50", mark: "mark-in" },
    ],
    format: format.millis,
    tick: (value) => `${value} ms`,
    least: 5,
  }),
};

let samples = [];
let columns = [];
let latest;
let seenVerdicts;
let seenError;
let seenErrors = 0;
let running;
let paused = false;
let lastEvent = 0;
let connected;

// ---- What is said -------------------------------------------------------------------------------------------------

function say(text) {
  byId("status").textContent = text;
}

function alarm(text) {
  byId("alert").textContent = text;
}

function set(id, text) {
  const place = byId(id);
  if (place.textContent !== text) {
    place.textContent = text;
  }
}

// ---- The stream ---------------------------------------------------------------------------------------------------

function connect() {
  const stream = new EventSource("/api/demo/events");
  stream.addEventListener("history", (event) => {
    const history = JSON.parse(event.data);
    columns = history.columns;
    samples = history.samples.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i]])));
    rates();
  });
  stream.addEventListener("stats", (event) => {
    lastEvent = Date.now();
    if (connected === false) {
      say("Connected again.");
    }
    connected = true;
    latest = JSON.parse(event.data);
    remember(latest);
    announce(latest);
    if (!paused && !document.hidden) {
      render();
    }
  });
  stream.addEventListener("error", () => {
    lost();
    if (stream.readyState === EventSource.CLOSED) {
      setTimeout(connect, 2000);
    }
  });
}

function lost() {
  if (connected !== false) {
    connected = false;
    byId("state").dataset.level = "none";
    set("state-text", "Disconnected, retrying");
    say("Disconnected from the demo. Retrying.");
  }
}

setInterval(() => {
  if (connected && Date.now() - lastEvent > LONGEST_SILENCE) {
    lost();
  }
}, 1000);

function remember(stats) {
  const at = Date.parse(stats.at);
  const last = samples[samples.length - 1];
  if (last && at - last.at < 500) {
    return;
  }
  samples.push({
    at,
    operations: stats.buffer.operations,
    statements: stats.buffer.statements,
    rows: stats.buffer.rows,
    pendingRows: stats.buffer.pendingRows,
    pendingBytes: stats.buffer.pendingBytes,
    oldestAgeMillis: stats.buffer.oldestAgeMillis,
    flushP50: stats.buffer.flushLatencyMillis.p50,
    flushP99: stats.buffer.flushLatencyMillis.p99,
    journalP50: stats.journal.latencyMillis.p50,
    journalP99: stats.journal.latencyMillis.p99,
  });
  samples.splice(0, Math.max(0, samples.length - KEPT));
  rates();
}

/** Totals to rates a second; the first sample, and one after another process took over, has none. */
function rates() {
  for (let i = Math.max(1, samples.length - 2); i < samples.length; i++) {
    rateOf(samples[i - 1], samples[i]);
  }
  if (samples.length > 2 && samples[1].opsRate === undefined) {
    for (let i = 1; i < samples.length; i++) {
      rateOf(samples[i - 1], samples[i]);
    }
  }
}

function rateOf(before, now) {
  const seconds = (now.at - before.at) / 1000;
  const operations = now.operations - before.operations;
  if (seconds > 0 && operations >= 0) {
    now.opsRate = operations / seconds;
    now.statementRate = (now.statements - before.statements) / seconds;
  }
}

// ---- State changes, for the ear ------------------------------------------------------------------------------------

function announce(stats) {
  const now = new Map(stats.health.verdicts.map((verdict) => [verdict.id, verdict]));
  if (seenVerdicts) {
    const changed = [...now.values()].filter((verdict) => seenVerdicts.get(verdict.id)?.level !== verdict.level);
    if (changed.length > 0) {
      say(changed.map((verdict) => `${verdict.title}.`).join(" "));
    }
  }
  seenVerdicts = now;
  const burst = stats.demo.running?.kind;
  if (running && !burst) {
    const result = running === "buffered" ? stats.demo.buffered : stats.demo.direct;
    if (result?.problem) {
      alarm(`The burst stopped after ${format.count(result.calls)} calls: ${result.problem}`);
    } else if (result) {
      const way = running === "buffered" ? "Burst through the buffer" : "Burst with the buffer off";
      say(`${way}: ${format.count(result.calls)} calls in ${format.seconds(result.elapsedMillis)}, a caller waited ${format.millis(result.latencyMillis.p50)} in the median.`);
    }
  }
  running = burst;
}

// ---- Drawing -------------------------------------------------------------------------------------------------------

function render() {
  if (!latest) {
    return;
  }
  const { buffer, journal, health, demo } = latest;
  const span = Number(byId("window").value);
  const since = samples[samples.length - 1].at - span * 1000;
  const inWindow = samples.filter((sample) => sample.at >= since);
  const first = inWindow[0];
  const last = inWindow[inWindow.length - 1];
  const statements = last.statements - first.statements;
  const recent = inWindow.slice(-6);
  const seconds = Math.max(1, (last.at - recent[0].at) / 1000);

  set("ops-rate", format.rate(Math.max(0, last.operations - recent[0].operations) / seconds));
  set("st-rate", format.rate(Math.max(0, last.statements - recent[0].statements) / seconds));
  set("ratio", statements > 0 ? format.ratio((last.operations - first.operations) / statements) : format.none);
  set("ratio-window", byId("window").selectedOptions[0].textContent);
  set("ops-total", format.count(buffer.operations));
  set("st-total", format.count(buffer.statements));
  set("rows-total", format.count(buffer.rows));

  set("age", format.seconds(buffer.oldestAgeMillis));
  set("pending-rows", format.count(buffer.pendingRows));
  set("pending-bytes", format.bytes(buffer.pendingBytes));
  for (const name of ["p50", "p95", "p99", "max"]) {
    set(`flush-${name}`, format.millis(buffer.flushLatencyMillis[name]));
  }
  set("flushes", format.count(buffer.flushes));
  set("flush-failures", format.count(buffer.flushFailures));
  set("retry", latest.retry ? `Attempt ${format.count(latest.retry.attempt)} failed; the next is at ${clock(latest.retry.next)}.` : "");

  set("durability", journal.durability);
  set("journal-bytes", format.bytes(journal.bytes));
  set("journal-syncs", format.count(journal.syncs));
  set("journal-p50", format.millis(journal.latencyMillis.p50));
  set("journal-p99", format.millis(journal.latencyMillis.p99));
  set("recovered", `${format.count(journal.recovered)} writes`);
  set("letters-waiting", format.count(buffer.deadLettersWaiting));
  set("letters", format.count(buffer.deadLetters));
  set("version", latest.version);
  set("journal-directory", journal.directory);

  const words = { up: ["GOOD", "Up"], degraded: ["WARN", "Degraded"], down: ["BAD", "Down"] };
  byId("state").dataset.level = words[health.status][0];
  set("state-text", words[health.status][1]);
  renderVerdicts(health.verdicts);
  renderErrors(latest.errors);
  renderComparison(demo);
  renderControls(demo);

  for (const one of Object.values(charts)) {
    one.show(inWindow, span);
  }
}

function clock(instant) {
  return new Date(instant).toLocaleTimeString("en-GB");
}

const LEVELS = { GOOD: "Good", WARN: "Look at this", BAD: "Broken" };

function renderVerdicts(verdicts) {
  const list = byId("verdicts");
  const text = JSON.stringify(verdicts);
  if (list.dataset.shown === text) {
    return;
  }
  list.dataset.shown = text;
  list.replaceChildren(...verdicts.map((verdict) => {
    const item = document.createElement("li");
    item.dataset.level = verdict.level;
    const icon = document.createElement("span");
    icon.className = "verdict-icon";
    icon.setAttribute("aria-hidden", "true");
    const level = document.createElement("span");
    level.className = "visually-hidden";
    level.textContent = `${LEVELS[verdict.level]}: `;
    const title = document.createElement("strong");
    title.append(level, verdict.title);
    const detail = document.createElement("span");
    detail.className = "verdict-detail";
    detail.textContent = verdict.detail;
    item.append(icon, title, detail);
    return item;
  }));
}

function renderErrors(errors) {
  byId("no-errors").hidden = errors.length > 0;
  const newest = errors.length === 0 ? undefined : errors[errors.length - 1].at + errors[errors.length - 1].message;
  if (newest === seenError && errors.length === seenErrors) {
    return;
  }
  const list = byId("errors");
  const known = new Set([...list.children].map((item) => item.dataset.key));
  for (const error of errors) {
    const key = `${error.at} ${error.part} ${error.message}`;
    if (known.has(key)) {
      continue;
    }
    const item = document.createElement("li");
    item.dataset.key = key;
    const time = document.createElement("time");
    time.dateTime = error.at;
    time.title = error.at;
    time.textContent = clock(error.at);
    const part = document.createElement("span");
    part.className = "error-part";
    part.textContent = error.part;
    const message = document.createElement("span");
    message.className = "error-message";
    message.textContent = error.message;
    item.append(time, part, message);
    list.prepend(item);
  }
  while (list.children.length > 50) {
    list.lastElementChild.remove();
  }
  seenError = newest;
  seenErrors = errors.length;
}

const MEASURES = [
  ["A caller waited, median", (result) => result.latencyMillis.p50, format.millis],
  ["95 of 100 waited at most", (result) => result.latencyMillis.p95, format.millis],
  ["99 of 100 waited at most", (result) => result.latencyMillis.p99, format.millis],
  ["The longest wait", (result) => result.latencyMillis.max, format.millis],
  ["Calls a second", (result) => result.callsPerSecond, (value) => `${format.count(value)}/s`],
  ["SQL statements", (result) => result.statements, format.count],
];

function renderComparison(demo) {
  const body = byId("compare");
  const text = JSON.stringify([demo.buffered, demo.direct]);
  if (body.dataset.shown === text) {
    return;
  }
  body.dataset.shown = text;
  body.replaceChildren(...MEASURES.map(([name, value, write]) => {
    const row = document.createElement("tr");
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = name;
    row.append(head);
    const values = [demo.buffered, demo.direct].map((result) => (result ? value(result) : null));
    const largest = Math.max(...values.map((one) => one ?? 0));
    values.forEach((one, i) => {
      const cell = document.createElement("td");
      const number = document.createElement("span");
      number.textContent = one === null || one === undefined ? format.none : write(one);
      const bar = document.createElement("span");
      bar.className = `bar ${i === 0 ? "bar-in" : "bar-out"}`;
      bar.style.setProperty("--part", `${largest > 0 ? Math.max(((one ?? 0) / largest) * 100, one ? 0.8 : 0) : 0}%`);
      cell.append(number);
      if (one !== null && one !== undefined) {
        cell.append(bar);
      }
      row.append(cell);
    });
    return row;
  }));
  if (demo.buffered?.callsPerSecond > 0 && demo.direct?.callsPerSecond > 0) {
    const faster = demo.buffered.callsPerSecond / demo.direct.callsPerSecond;
    const fewer = demo.buffered.statements ? demo.direct.statements / demo.buffered.statements : null;
    set("compare-note", `Through the buffer: ${format.ratio(faster)} times the calls a second${fewer ? `, and one SQL statement where it takes ${format.count(fewer)} without it` : ""}. Both kinds of caller waited until their hit was on disk.`);
  }
}

function renderControls(demo) {
  byId("load").setAttribute("aria-checked", String(demo.load));
  set("database", demo.databaseStopped ? "Start the database" : "Stop the database");
  for (const [id, kind, name] of [["burst", "buffered", "Burst 10,000"], ["direct", "direct", "Buffer off"]]) {
    const button = byId(id);
    button.setAttribute("aria-disabled", String(Boolean(demo.running)));
    button.classList.toggle("busy", demo.running?.kind === kind);
    set(id, demo.running?.kind === kind ? `${name}: ${format.count(demo.running.done)} done` : name);
  }
}

// ---- Actions -------------------------------------------------------------------------------------------------------

async function act(path) {
  alarm("");
  try {
    const response = await fetch(path, { method: "POST" });
    const answer = await response.json();
    if (!response.ok) {
      alarm(answer.error ?? `The demo answered ${response.status}.`);
      return null;
    }
    return answer;
  } catch {
    alarm("The demo does not answer. Is it still running?");
    return null;
  }
}

async function switched(path) {
  const demo = await act(path);
  if (demo && latest) {
    latest.demo = demo;
    renderControls(demo);
  }
  return demo;
}

byId("load").addEventListener("click", async () => {
  const on = byId("load").getAttribute("aria-checked") !== "true";
  if (await switched(`/api/demo/load?on=${on}`)) {
    say(on ? "The built-in load is on." : "The built-in load is off.");
  }
});

for (const [id, path] of [["burst", "/api/demo/burst"], ["direct", "/api/demo/direct"]]) {
  byId(id).addEventListener("click", async () => {
    if (byId(id).getAttribute("aria-disabled") === "true") {
      say("A burst is running. Wait until it is done.");
      return;
    }
    if (await switched(path)) {
      running = id === "burst" ? "buffered" : "direct";
      say("The burst has started.");
    }
  });
}

byId("database").addEventListener("click", async () => {
  const stop = !latest?.demo.databaseStopped;
  if (await switched(`/api/demo/database?stopped=${stop}`)) {
    say(stop ? "The database is stopped. Writes go on into the journal." : "The database is started again.");
  }
});

byId("flush").addEventListener("click", async () => {
  const report = await act("/api/demo/flush");
  if (report) {
    say(`Flushed ${format.count(report.rows)} rows with ${format.count(report.statements)} statements.`);
  }
});

byId("copy").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(byId("curl").textContent);
    say("The command is copied.");
  } catch {
    alarm("The browser did not let the page copy. Select the command instead.");
  }
});

byId("pause").addEventListener("click", () => {
  paused = !paused;
  byId("pause").setAttribute("aria-pressed", String(paused));
  say(paused ? "Updates are paused." : "Updates go on.");
  if (!paused) {
    render();
  }
});

byId("window").addEventListener("change", render);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && !paused) {
    render();
  }
});

// ---- Theme ---------------------------------------------------------------------------------------------------------

const systemDark = matchMedia("(prefers-color-scheme: dark)");

function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : systemDark.matches;
}

function showTheme() {
  byId("theme").setAttribute("aria-pressed", String(isDark()));
}

byId("theme").addEventListener("click", () => {
  const chosen = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = chosen;
  try {
    localStorage.setItem("weir-theme", chosen);
  } catch {
    // Storage may be forbidden: the choice then lasts as long as the page.
  }
  showTheme();
});
systemDark.addEventListener("change", showTheme);
showTheme();

set("curl", `curl -X POST ${location.origin}/api/pages/home/hits`);
renderComparison({ buffered: null, direct: null });
connect();
