"use strict";
(() => {
  const token = new URLSearchParams(location.search).get("token");
  const el = (id) => document.getElementById(id);
  const format = new Intl.NumberFormat("en");
  const plural = (n, one) => `${format.format(n)} ${one}${n === 1 ? "" : "s"}`;
  const CALLS = ["poison", "fine", "unsure"];

  // The whole state: what the server told, where one is, what can be undone.
  const state = { findings: [], shown: [], records: 0, decided: 0, cursor: 0, progress: {}, at: null, now: null, undo: [] };
  let page = { total: 0, from: 0, rows: [] };
  const notes = new Map(); // of records that are not decided yet

  // ---- Talking to the server

  const ask = async (path, body) => {
    const headers = { "x-toadstone-token": token };
    if (body) headers["content-type"] = "application/json";
    const options = { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body), cache: "no-store" };
    const answer = await fetch(`/api/${path}`, options).catch(() => {
      throw new Error("The server does not answer. Was it ended?");
    });
    const told = (answer.headers.get("content-type") || "").includes("json") ? await answer.json() : {};
    if (!answer.ok) throw new Error(told.error || `the server says ${answer.status}`);
    return told;
  };
  let silence = 0;
  const say = (text, bad = false) => {
    el("said").textContent = text;
    el("said").classList.toggle("bad", bad);
    clearTimeout(silence);
    if (!bad) silence = setTimeout(() => (el("said").textContent = ""), 4000);
  };
  const fail = (error) => say(error.message, true);

  // ---- Building: text is only ever text

  const make = (name, cls, ...children) => {
    const element = document.createElement(name);
    if (cls) element.className = cls;
    element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
    return element;
  };
  const inert = (text, lines = false) => {
    const out = document.createDocumentFragment();
    for (const [piece, kind] of text.pieces) {
      let node = document.createTextNode(piece);
      if (kind & 2) node = make("span", "esc", node);
      if (kind & 1) node = make("mark", "", node);
      out.append(node);
      if (lines && kind & 2 && piece.includes("⏎")) out.append(make("br"));
    }
    return out;
  };
  const value = (text) => make("bdi", "value", inert(text));
  const key = (name) => make("kbd", "", name);
  const button = (cls, act, ...children) => {
    const out = make("button", cls, ...children);
    out.type = "button";
    out.addEventListener("click", (event) => (event.stopPropagation(), Promise.resolve(act()).catch(fail)));
    return out;
  };
  const stamp = (judged, whole) => {
    if (judged) return make("span", `stamp ${judged.call}${judged.saving ? " saving" : ""}`, judged.call);
    return whole ? make("span", `stamp ${whole}`, `${whole}, by its finding`) : "";
  };

  // ---- Findings

  const shape = (severity) => {
    const from = document.querySelector(`#tools input[value=${severity}] + span .severity`);
    return from ? from.cloneNode(true) : severity;
  };
  const counts = (finding) => {
    const said = CALLS.map((call, at) => finding.counts[at] && `${format.format(finding.counts[at])} ${call}`).filter(Boolean);
    return said.length ? said.join(", ") : "";
  };
  const drawFinding = (finding) => {
    const what = make("span", "what", shape(finding.severity), make("span", "", finding.detector), make("span", "", plural(finding.records, "record")), counts(finding) && make("span", "", counts(finding)));
    finding.button.replaceChildren(make("span", "title", inert(finding.title)), stamp(finding.judged), what);
    finding.button.setAttribute("aria-current", String(finding === state.at));
  };
  const filterFindings = () => {
    const words = el("query").value.toLowerCase().split(/\s+/).filter(Boolean);
    const severities = new Set([...document.querySelectorAll("input[name=severity]:checked")].map((box) => box.value));
    const [detector, judged] = [el("detector").value, el("judged").value];
    state.shown = state.findings.filter(
      (f) =>
        severities.has(f.severity) &&
        (!detector || f.detector === detector) &&
        (!judged || (judged === "decided") === Boolean(f.judged)) &&
        words.every((word) => f.words.includes(word)),
    );
    const shown = new Set(state.shown);
    for (const finding of state.findings) finding.item.hidden = !shown.has(finding);
    el("count").textContent = state.shown.length === state.findings.length ? `${plural(state.shown.length, "finding")}, worst first` : `${format.format(state.shown.length)} of ${plural(state.findings.length, "finding")}`;
  };
  const drawAbout = () => {
    const f = state.at;
    if (!f) {
      const head = make("h2", "", "All suspicious records");
      head.id = "work-head";
      el("about").replaceChildren(head, make("p", "quiet", plural(state.records, "record")));
      return;
    }
    const head = make("h2", "title", inert(f.title));
    head.id = "work-head";
    const facts = make("p", "facts", make("span", "", shape(f.severity)), make("span", "", `${f.confidence} confidence`), make("span", "", f.standing), make("span", "", `${plural(f.records, "record")} ${f.quarantine ? "set aside" : "left in place"}`), make("span", "detector", f.detector));
    const pair = (name, kind, ...what) => make("div", "", make("dt", "", name, make("span", "kind", kind)), make("dd", "", ...what));
    const tied = make("dl", "association");
    if (f.trigger) tied.append(pair("Trigger", f.trigger[0], ...f.trigger[1].flatMap((part, at) => (at ? [" + ", value(part)] : [value(part)]))));
    if (f.behaviour) tied.append(pair("Behaviour", f.behaviour[0], value(f.behaviour[1])));
    if (f.origin) tied.append(pair("Origin", f.origin[0], value(f.origin[1]), ` ${format.format(f.origin[2])} of ${plural(f.records, "record")}`));
    const evidence = make("details", "", make("summary", "", "Evidence"), ...f.evidence.map((e) => make("p", "", `${e.what}: `, make("strong", "", e.against), e.test && ` (${e.test})`)), make("p", "quiet", "Finding ", make("code", "", f.id)));
    evidence.open = Boolean(el("about").querySelector("details[open]"));
    const remark = f.judged && f.judged.raw ? make("p", "remark", inert(f.judged.note), " ", make("span", "quiet", inert(f.judged.who))) : "";
    el("about").replaceChildren(head, facts, tied, callBar(f.judged, (call) => decide(null, call), "Shift", "whole finding: "), remark, evidence);
  };
  const callBar = (judged, act, prefix, label) => {
    const bar = make("div", "calls", label && make("span", "quiet", label));
    for (const call of CALLS) {
      const pressed = Boolean(judged && judged.call === call);
      const one = button(call, () => act(pressed ? "withdrawn" : call), call, " ", key(prefix ? call[0].toUpperCase() : call[0]));
      one.setAttribute("aria-pressed", String(pressed));
      bar.append(one);
    }
    return bar;
  };

  // ---- Records

  const rowOf = (n) => page.rows.find((row) => row.n === n);
  const drawRow = (row) => {
    const open = row.n === state.now;
    row.item.classList.toggle("now", open);
    row.item.setAttribute("aria-current", String(open));
    const head = make("p", "head", stamp(row.judged, row.whole), make("bdi", "place", inert(row.file)), make("span", "place", `row ${row.row}`), make("span", "", `score ${row.score.toFixed(2)}`), row.member === false && make("span", "", "only looks like the others") || "", row.quarantine ? "" : make("span", "", "left in place"));
    const parts = [head];
    if (!open || !row.full) {
      const texts = make("div", "texts");
      if (!row.texts) texts.append(make("p", "quiet", state.progress.done ? "Its text cannot be read; see above." : "The data is being read."));
      else {
        const input = make("p", "", inert(row.texts[0]));
        input.dir = "auto";
        texts.append(input);
        if (row.texts[1]) texts.append(make("p", "output", inert(row.texts[1])));
      }
      parts.push(texts);
    }
    if (open) parts.push(...body(row));
    row.item.replaceChildren(...parts);
  };
  const body = (row) => {
    const parts = [];
    for (const [role, text] of (row.full || { roles: [] }).roles) {
      const long = ["input", "output", "rejected"].includes(role);
      const shown = make(long ? "div" : "p", long ? "full" : "", long ? inert(text, true) : value(text));
      shown.dir = "auto";
      const more = text.more ? button("link", () => load(row, true), `show ${plural(text.more, "byte")} more`) : "";
      parts.push(make("div", "role", make("h4", "", role), shown, more));
    }
    if (row.full && row.full.findings.length > 1) {
      const others = row.full.findings.filter(([n]) => !state.at || n !== state.at.n).map(([n]) => state.findings[n]).filter(Boolean);
      const links = others.flatMap((f, at) => [at ? ", " : "", button("link", () => choose(f, row.n), inert(f.title))]);
      if (links.length) parts.push(make("p", "why", "Also in ", ...links));
    }
    const note = row.judged ? row.judged.note : null;
    if (row.judged && row.judged.raw) parts.push(make("p", "remark", inert(note), " ", make("span", "quiet", inert(row.judged.who), ` ${row.judged.at}`)));
    else if (row.judged && !row.judged.saving) parts.push(make("p", "why", inert(row.judged.who), ` ${row.judged.at}`));
    if (notes.has(row.n)) parts.push(make("p", "remark", notes.get(row.n), " ", make("span", "quiet", "kept with the next decision")));
    if (row.full && row.full.outdated) parts.push(make("p", "remark", `It was called ${row.full.outdated.call} when its content was another.`));
    const bar = callBar(row.judged, (call) => decide(row.n, call), "", "");
    bar.append(button("", editNote, "note ", key("n")), button("", similar, "similar ", key("s")), button("", undo, "undo ", key("z")));
    parts.push(bar);
    if (row.similar) parts.push(drawSimilar(row));
    return parts;
  };
  const load = async (row, all = false) => {
    const finding = state.at ? `&finding=${state.at.n}` : "";
    row.full = await ask(`record?n=${row.n}${finding}${all ? "&all=true" : ""}`);
    if (row.n === state.now) drawRow(row);
  };
  const drawSimilar = (row) => {
    const list = make("ol");
    for (const other of row.similar) {
      const why = [`${Math.round(other.similarity * 100)} % alike: ${format.format(other.shared)} of ${format.format(other.either)} stretches of three words in common`];
      if (other.findings.length) why.push(other.findings.length > 1 ? `${other.findings.length} findings in common` : "in the same finding");
      const same = other.same.flatMap(([role, text]) => [`, same ${role} `, value(text)]);
      const open = button("", () => choose(state.at && other.findings.includes(state.at.n) ? state.at : null, other.row.n), inert(other.row.file), ` row ${other.row.row}`);
      list.append(make("li", "", make("p", "head", stamp(other.row.judged, other.row.whole), make("span", "place", open)), make("p", "why", why.join(", "), ...same), make("p", "texts", inert(other.row.texts[0])), other.row.texts[1] && make("p", "output", inert(other.row.texts[1]))));
    }
    return make("div", "similar", make("h4", "", row.similar.length ? "Similar records of this run; what they share is marked" : "No record of this run is like it"), list);
  };
  const similar = async () => {
    const row = rowOf(state.now);
    if (!row) return;
    if (row.similar) row.similar = null;
    else row.similar = await ask(`similar?n=${row.n}`);
    drawRow(row);
    say(row.similar ? plural(row.similar.length, "similar record") : "");
  };

  const query = () => {
    const parts = new URLSearchParams({ state: el("state").value, text: el("text").value });
    if (state.at) parts.set("finding", state.at.n);
    return parts;
  };
  let turn = 0;
  const fetchPage = async (where = {}, focus = "first") => {
    const mine = ++turn;
    const parts = query();
    for (const [name, n] of Object.entries(where)) parts.set(name, n);
    const told = await ask(`records?${parts}`);
    if (mine !== turn) return;
    page = told;
    for (const row of page.rows) {
      row.item = make("li");
      row.item.tabIndex = -1;
      row.item.addEventListener("click", () => row.n !== state.now && go(row.n));
    }
    state.now = null;
    el("records").replaceChildren(...page.rows.map((row) => row.item));
    for (const row of page.rows) drawRow(row);
    el("none").hidden = page.rows.length > 0;
    const last = page.from + page.rows.length;
    el("place").textContent = page.total ? `${format.format(page.from + 1)} to ${format.format(last)} of ${format.format(page.total)}` : "";
    el("before").disabled = page.from === 0;
    el("after").disabled = last >= page.total;
    const to = typeof focus === "number" ? rowOf(focus) : focus === "last" ? page.rows.at(-1) : page.rows[0];
    if (focus === "quiet") el("work").scrollTop = Math.min(el("work").scrollTop, el("about").offsetHeight);
    if (to) await go(to.n, focus !== "quiet");
  };
  const go = async (n, focus = true) => {
    const before = rowOf(state.now);
    state.now = n;
    if (before) drawRow(before);
    const row = rowOf(n);
    drawRow(row);
    if (focus) {
      row.item.focus({ preventScroll: true });
      row.item.scrollIntoView({ block: "nearest" });
    }
    if (!row.full) await load(row);
    if (focus && row.n === state.now) row.item.scrollIntoView({ block: "nearest" });
  };
  const move = async (step) => {
    const at = page.rows.findIndex((row) => row.n === state.now);
    const to = page.rows[at + step];
    if (to) return go(to.n);
    if (step > 0 && !el("after").disabled) return fetchPage({ after: page.rows.at(-1).n });
    if (step < 0 && page.rows.length && !el("before").disabled) return fetchPage({ before: page.rows[0].n }, "last");
    say(step > 0 ? "That was the last record." : "That was the first record.");
  };
  const choose = async (finding, focus = "first") => {
    const before = state.at;
    state.at = finding;
    for (const f of [before, finding]) if (f) drawFinding(f);
    if (finding) finding.button.scrollIntoView({ block: "nearest" });
    drawAbout();
    if (typeof focus === "number") {
      el("state").value = "all";
      el("text").value = "";
      return fetchPage({ from: focus }, focus);
    }
    el("work").scrollTop = 0;
    return fetchPage({}, focus);
  };
  const moveFinding = (step) => {
    const at = state.shown.indexOf(state.at);
    const to = state.shown[at < 0 ? 0 : at + step];
    return to ? choose(to) : say(step > 0 ? "That was the last finding." : "That was the first finding.");
  };

  // ---- Deciding

  const take = (update, quiet = false) => {
    const { cursor, progress, problems, decided, standings, records } = update;
    const read = progress.done && !state.progress.done;
    Object.assign(state, { cursor, progress, decided });
    el("problems").hidden = problems.length === 0;
    el("problems").replaceChildren(...problems.map((problem) => make("p", "", inert(problem))));
    for (const told of standings) {
      const finding = state.findings[told.n];
      if (!finding) continue;
      Object.assign(finding, told);
      drawFinding(finding);
      if (finding === state.at && !quiet) drawAbout();
    }
    const seen = new Set();
    for (const [n, judged] of records) {
      const row = rowOf(n);
      if (!row || (row.judged && row.judged.saving && quiet)) continue;
      row.judged = judged;
      seen.add(row);
    }
    // A finding that was decided on as a whole says so of its records, too.
    for (const row of seen) drawRow(row);
    el("progress").textContent = (progress.done ? "" : `Reading the data: ${Math.floor(progress.share * 100)} %. `) + `${format.format(decided)} of ${plural(state.records, "record")} decided one by one`;
    document.documentElement.style.setProperty("--head", `${el("desk").getBoundingClientRect().top + scrollY}px`);
    return read;
  };
  const decide = async (n, call, note, undoing = false) => {
    const row = n === null ? null : rowOf(n);
    const finding = state.at;
    if (n === null ? !finding : !row && !undoing) return;
    const before = row ? row.judged : n === null ? finding.judged : null;
    const why = note ?? (row && notes.get(n)) ?? (before && before.call === call ? before.raw : "");
    if (!undoing) state.undo.push({ n, finding, call: before ? before.call : "withdrawn", note: before ? before.raw : "" });
    if (row) {
      // Shown at once, and told apart until it is on disk.
      row.judged = call === "withdrawn" ? null : { call, saving: true, raw: "", note: { pieces: [] }, who: { pieces: [] }, at: "" };
      drawRow(row);
    }
    const sent = ask("decide", { record: n, finding: finding ? finding.n : null, call, note: why, cursor: state.cursor });
    const moved = row && call !== "withdrawn" && note === undefined && !undoing ? move(1) : null;
    let told;
    try {
      told = await sent;
    } catch (error) {
      if (!undoing) state.undo.pop();
      if (row) {
        row.judged = before;
        drawRow(row);
      }
      fail(error);
      return moved;
    }
    take(told);
    if (n !== null) notes.delete(n);
    else await fetchPage(page.rows.length ? { from: page.rows[0].n } : {}, state.now ?? "first");
    // Said when it is seen, too: a finding that is decided stamps its records.
    say(`${n === null ? "The finding" : row ? `Row ${row.row}` : "The record"}: ${call === "withdrawn" ? "not decided" : call}`);
    await moved;
  };
  const undo = async () => {
    const last = state.undo.pop();
    if (!last) return say("There is nothing to undo.");
    if (last.finding !== state.at || (last.n !== null && !rowOf(last.n))) await choose(last.finding, last.n ?? "first");
    else if (last.n !== null) await go(last.n);
    await decide(last.n, last.call, last.note, true);
  };
  const editNote = () => {
    const row = rowOf(state.now);
    if (!row) return;
    el("note-of").replaceChildren(inert(row.file), ` row ${row.row}`);
    el("note-text").value = row.judged ? row.judged.raw : notes.get(row.n) || "";
    el("note").showModal();
    el("note-text").focus();
  };
  el("note-form").addEventListener("submit", (event) => {
    event.preventDefault();
    el("note").close();
    const row = rowOf(state.now);
    const text = el("note-text").value.trim();
    if (row.judged) return decide(row.n, row.judged.call, text).catch(fail);
    if (text) notes.set(row.n, text);
    else notes.delete(row.n);
    drawRow(row);
    row.item.focus();
  });
  el("note-text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) el("note-form").requestSubmit();
  });

  // ---- Agreement

  const percent = (x) => `${Math.round(x * 100)} %`;
  const agreement = async () => {
    const told = await ask("agreement");
    const line = (...cells) => make("tr", "", ...cells.map((cell, at) => make(at ? "td" : "th", at ? "num" : "", cell)));
    const calls = (c) => CALLS.map((call) => format.format(c[call]));
    const table = (names, rows) => make("table", "", make("thead", "", make("tr", "", ...names.map((name, at) => make("th", at ? "num" : "", name)))), make("tbody", "", ...rows));
    const judged = table(["Judged one by one", ...CALLS], [line(`of ${format.format(told.set_aside)} set aside`, ...calls(told.of_set_aside)), line(`of ${format.format(told.suspicious - told.set_aside)} left in place`, ...calls(told.of_left)), line("findings as a whole", ...calls(told.findings))]);
    const detectors = table(["Detector", "judged", "are poison", "95 % interval"], told.detectors.map((d) => line(d.detector, format.format(d.records.poison + d.records.fine), d.precision ? percent(d.precision.share) : "", d.precision ? `${percent(d.precision.interval[0])} to ${percent(d.precision.interval[1])}` : "")));
    const kappa = make("p", "", told.kappa === undefined ? "Cohen's kappa is not defined until records of both kinds, set aside and left, were judged." : `Cohen's kappa of set aside against poison: ${told.kappa.toFixed(2)}.`);
    const pairs = told.pairs.map((pair) => make("p", "", make("bdi", "", pair.people[0]), " and ", make("bdi", "", pair.people[1]), ` agree on ${format.format(pair.same)} of ${format.format(pair.both)}${pair.kappa === undefined ? "" : `, kappa ${pair.kappa.toFixed(2)}`}.`));
    const outdated = told.outdated ? [make("p", "", `${plural(told.outdated, "decision")} left out: the content has changed since.`)] : [];
    el("figures").replaceChildren(judged, detectors, kappa, ...pairs, ...outdated, ...told.caveats.map((caveat) => make("p", "quiet", caveat)));
    el("agreement").showModal();
  };

  // ---- Keys

  const clear = () => {
    el("query").value = el("detector").value = el("judged").value = "";
    for (const box of document.querySelectorAll("input[name=severity]")) box.checked = true;
    filterFindings();
    if (el("state").value === "all" && !el("text").value) return;
    el("state").value = "all";
    el("text").value = "";
    return fetchPage({}, state.now ?? "first");
  };
  const KEYS = {
    j: () => move(1), ArrowDown: () => move(1), k: () => move(-1), ArrowUp: () => move(-1),
    J: () => moveFinding(1), K: () => moveFinding(-1),
    p: () => decide(state.now, "poison"), f: () => decide(state.now, "fine"), u: () => decide(state.now, "unsure"),
    P: () => decide(null, "poison"), F: () => decide(null, "fine"), U: () => decide(null, "unsure"),
    n: editNote, z: undo, s: similar, a: agreement, t: () => el("text").focus(), "/": () => el("query").focus(),
    "?": () => el("help").showModal(), Escape: clear,
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.matches("input[type=search], select, textarea")) {
      if (event.key === "Escape") event.target.blur();
      else if (event.key !== "Enter" || !event.target.matches("input")) return;
      if (event.key === "Enter") event.target === el("query") && state.shown[0] ? choose(state.shown[0]).catch(fail) : el("records").focus();
    }
    const act = KEYS[event.key];
    if (!act || (state.now === null && "pfuns".includes(event.key))) return;
    event.preventDefault();
    Promise.resolve(act()).catch(fail);
  });
  const later = (act, wait) => {
    let timer = 0;
    return () => (clearTimeout(timer), (timer = setTimeout(() => Promise.resolve(act()).catch(fail), wait)));
  };
  el("query").addEventListener("input", filterFindings);
  for (const control of document.querySelectorAll("#tools select, #tools input[type=checkbox]")) control.addEventListener("change", filterFindings);
  el("text").addEventListener("input", later(() => fetchPage({}, "quiet"), 150));
  el("state").addEventListener("change", () => fetchPage({}, "quiet").catch(fail));
  el("before").addEventListener("click", () => fetchPage({ before: page.rows[0].n }).catch(fail));
  el("after").addEventListener("click", () => fetchPage({ after: page.rows.at(-1).n }).catch(fail));
  el("show-help").addEventListener("click", () => el("help").showModal());
  el("show-agreement").addEventListener("click", () => agreement().catch(fail));
  for (const close of document.querySelectorAll("dialog .close")) close.addEventListener("click", () => close.closest("dialog").close());

  // ---- What others do

  const follow = async () => {
    if (!document.hidden) {
      try {
        const read = take(await ask(`changes?cursor=${state.cursor}`), true);
        // Texts that were not there yet.
        if (read || (!state.progress.done && page.rows.some((row) => !row.texts))) await fetchPage(page.rows.length ? { from: page.rows[0].n } : {}, document.activeElement.closest("#records") ? state.now ?? "first" : "quiet");
      } catch (error) {
        fail(error);
      }
    }
    setTimeout(follow, state.progress.done ? 1500 : 400);
  };
  const begin = async () => {
    const told = await ask("overview");
    state.findings = told.findings;
    state.records = told.suspicious;
    for (const finding of state.findings) {
      finding.counts = [0, 0, 0];
      finding.button = button("", () => choose(finding).catch(fail));
      finding.item = make("li", "", finding.button);
      const parts = [finding.title, ...(finding.trigger ? finding.trigger[1] : []), ...(finding.behaviour ? [finding.behaviour[1]] : [])];
      finding.words = (parts.flatMap((text) => text.pieces.map(([piece]) => piece)).join("") + ` ${finding.id} ${finding.detector}`).toLowerCase();
      drawFinding(finding);
    }
    el("findings").replaceChildren(...state.findings.map((finding) => finding.item));
    if (told.more) el("findings").append(make("li", "quiet", `${plural(told.more, "more finding")}: see findings.json`));
    take(told);
    filterFindings();
    await choose(state.findings[0] || null);
    setTimeout(follow, 400);
  };
  begin().catch(fail);
})();
