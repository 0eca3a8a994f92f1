"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const $ = (id) => document.getElementById(id);
  const SENT = 0, RECEIVED = 1, OPEN = 2, CLOSE = 7, ERROR = 8;
  const { ns, kind, socket, task, place, size, note, sockets } = data;
  const total = ns.length;
  const isMessage = (event) => kind[event] <= RECEIVED;
  const messages = kind.reduce((sum, code) => sum + (code <= RECEIVED), 0);
  const canvas = $("canvas"), list = $("list"), rows = $("rows"), detail = $("detail");

  // ---- Bytes ----------------------------------------------------------------------------------
  const encoder = new TextEncoder(), decoder = new TextDecoder();
  const bytesOf = (event) => {
    const held = data.data[event];
    if (!held) return new Uint8Array(0);
    return held[0] === "t" ? encoder.encode(held.slice(1)) : Uint8Array.from(atob(held.slice(1)), (c) => c.charCodeAt(0));
  };
  const textOf = (event) => {
    const held = data.data[event];
    if (!held) return "";
    return held[0] === "t" ? held.slice(1) : decoder.decode(bytesOf(event));
  };
  const escapes = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\" };
  const preview = (event, most = 160) => {
    const held = data.data[event];
    if (!held) return "";
    const raw = held[0] === "t" ? held.slice(1, most + 1) : atob(held.slice(1, 1 + Math.ceil(most / 3) * 4)).slice(0, most);
    return raw.replace(/[\x00-\x1f\x7f\\]|[\x80-\xff](?![^]*[^\x00-\xff])/g, (c) => held[0] === "t" && c >= "\x80" ? c
      : escapes[c] ?? "\\x" + c.charCodeAt(0).toString(16).padStart(2, "0"));
  };
  const grouped = (number) => number.toLocaleString("en-US");
  const bytes = (count) => `${grouped(count)} byte${count === 1 ? "" : "s"}`;
  const seconds = (event) => (ns[event] / 1e9).toFixed(6);

  const trees = new Map(data.trees);

  // ---- Names ----------------------------------------------------------------------------------
  const taskName = (event) => task[event] < 0 ? "" : data.tasks[task[event]];
  const placeName = (event) => place[event] < 0 ? "" : data.places[place[event]];
  const socketName = (index) => {
    const one = sockets[index];
    const owner = one.process ? `process ${one.process} ` : one.worker ? `${one.worker} ` : "";
    return `${owner}#${one.number} fd ${one.fd}`;
  };
  const endsOf = (index) => {
    const one = sockets[index];
    const sort = `${one.family} ${one.type}`.replaceAll(/AF_|SOCK_/g, "");
    if (one.pair) return `${sort}, paired with #${one.pair}`;
    if (!one.local && !one.peer) return sort;
    return `${sort} ${one.local || "?"}${one.peer ? ` ${one.accepted ? "←" : "→"} ${one.peer}` : ""}`;
  };
  const what = (event) => {
    if (!isMessage(event)) return note[event];
    const arrow = kind[event] === SENT ? "→" : "←";
    const end = kind[event] === RECEIVED && size[event] === 0 && sockets[socket[event]]?.type === "SOCK_STREAM";
    return `${arrow} ${end ? "end of the stream" : `${grouped(size[event])}  ${preview(event)}`}${note[event] ? "  " + note[event] : ""}`;
  };

  // ---- Which sends belong to which receives ------------------------------------------------------
  const partner = new Int32Array(total).fill(-1);
  const link = () => {
    const other = new Int32Array(sockets.length).fill(-1);
    const join = (a, b) => { other[a] = b; other[b] = a; };
    const byNumber = new Map(sockets.map((one, index) => [one.number, index]));
    const open = new Map();
    sockets.forEach((one, index) => {
      if (one.pair && byNumber.has(one.pair)) return join(index, byNumber.get(one.pair));
      if (one.type !== "SOCK_STREAM" || !one.peer) return;
      const named = one.local && !["''", "None"].includes(one.local) && !["''", "None"].includes(one.peer);
      const mine = named ? `${one.local}|${one.peer}` : `path ${one.accepted ? "client of " + one.local : "server at " + one.peer}`;
      const theirs = named ? `${one.peer}|${one.local}` : `path ${one.accepted ? "server at " + one.local : "client of " + one.peer}`;
      const waiting = open.get(theirs);
      if (waiting?.length) return join(index, waiting.shift());
      if (!open.has(mine)) open.set(mine, []);
      open.get(mine).push(index);
    });
    const sends = sockets.map(() => []), far = new Int32Array(sockets.length), sentTo = new Float64Array(sockets.length);
    const heard = new Float64Array(sockets.length), packets = new Map();
    for (let event = 0; event < total; event++) {
      if (!isMessage(event) || socket[event] < 0 || size[event] === 0 || note[event].includes("peeked")) continue;
      const own = socket[event], stream = sockets[own].type === "SOCK_STREAM";
      if (!stream) {
        const key = `${size[event]}|${data.data[event]}`;
        if (kind[event] === SENT) {
          if (!packets.has(key)) packets.set(key, []);
          packets.get(key).push(event);
        } else {
          const found = packets.get(key);
          const at = found ? found.findIndex((sent) => socket[sent] !== own) : -1;
          if (at >= 0) { const sent = found.splice(at, 1)[0]; partner[event] = sent; partner[sent] = event; }
        }
      } else if (kind[event] === SENT) {
        sends[own].push([sentTo[own], event]);
        sentTo[own] += size[event];
      } else if (other[own] >= 0) {
        const from = other[own], all = sends[from];
        while (far[from] + 1 < all.length && all[far[from] + 1][0] <= heard[own]) far[from]++;
        if (all.length) {
          const sent = all[far[from]][1];
          partner[event] = sent;
          if (partner[sent] < 0) partner[sent] = event;
        }
        heard[own] += size[event];
      }
    }
  };

  // ---- Filter -----------------------------------------------------------------------------------
  let shown = Uint32Array.from({ length: total }, (_, event) => event);
  let isShown = null; // null: everything
  let selected = -1;
  const filters = { q: $("search"), task: $("task"), socket: $("socket"), kind: $("kind") };
  const found = (wanted) => {
    const hex = /^hex:([0-9a-f\s]*)$/i.exec(wanted);
    if (hex) {
      const digits = hex[1].replace(/\s/g, "");
      const needle = (digits.match(/../g) ?? []).map((pair) => String.fromCharCode(parseInt(pair, 16))).join("");
      if (!needle) return null;
      return (event) => isMessage(event) && String.fromCharCode(...bytesOf(event).subarray(0, 65536)).includes(needle);
    }
    const needle = wanted.toLowerCase();
    if (!needle) return null;
    return (event) => textOf(event).toLowerCase().includes(needle) || (trees.get(event) ?? "").toLowerCase().includes(needle) || note[event].toLowerCase().includes(needle)
      || placeName(event).toLowerCase().includes(needle);
  };
  const kinds = {
    all: () => true, messages: isMessage, sent: (event) => kind[event] === SENT, received: (event) => kind[event] === RECEIVED,
    errors: (event) => kind[event] === ERROR, rest: (event) => !isMessage(event),
  };
  const filter = () => {
    const tests = [];
    if (filters.kind.value !== "all") tests.push(kinds[filters.kind.value] ?? kinds.all);
    if (filters.task.value !== "") tests.push((event) => task[event] === Number(filters.task.value));
    if (filters.socket.value !== "") tests.push((event) => socket[event] === Number(filters.socket.value));
    const search = found(filters.q.value);
    if (search) tests.push(search);
    const kept = [];
    for (let event = 0; event < total; event++) if (tests.every((test) => test(event))) kept.push(event);
    shown = Uint32Array.from(kept);
    isShown = null;
    if (tests.length) { isShown = new Uint8Array(total); for (const event of kept) isShown[event] = 1; }
    const told = kept.reduce((sum, event) => sum + isMessage(event), 0);
    const of = (few, all, word) => few === all ? `${grouped(all)} ${word}${all === 1 ? "" : "s"}` : `${grouped(few)} of ${grouped(all)} ${word}s`;
    $("count").textContent = `${of(told, messages, "message")}, ${of(kept.length, total, "event")}`
      + `, ${of(sockets.length, sockets.length, "socket")}${data.plaintext ? ", TLS as plain text" : ""}`;
    Object.assign(document.documentElement.dataset, { messages: told, events: kept.length });
    layOut();
    if (selected >= 0 && isShown && !isShown[selected]) select(-1);
    list.scrollTop = 0;
    renderList();
    draw();
    remember();
  };

  // ---- Lanes and time -----------------------------------------------------------------------------
  const LABEL = 230, LANE = 30, AXIS = 22;
  let lanes = [], laneOf = new Int32Array(sockets.length), perLane = [];
  let byTime = true, from = 0, span = 1, scroll = 0, width = 0, height = 0;
  const layOut = () => {
    const first = new Map();
    perLane = [];
    laneOf.fill(-1);
    lanes = [];
    for (const event of shown) {
      const own = socket[event];
      if (own < 0) continue;
      if (laneOf[own] < 0) { laneOf[own] = lanes.length; lanes.push(own); perLane.push([]); first.set(own, event); }
      perLane[laneOf[own]].push(event);
    }
    rank = null;
    scroll = Math.max(0, Math.min(scroll, lanes.length * LANE - (height - AXIS)));
  };
  let rank = null;
  const position = (event) => {
    if (byTime) return ns[event] - (total ? ns[0] : 0);
    if (!rank) { rank = new Uint32Array(total); shown.forEach((event, index) => { rank[event] = index; }); }
    return rank[event];
  };
  const whole = () => {
    if (!shown.length) return [0, 1];
    const low = position(shown[0]), high = position(shown[shown.length - 1]);
    const margin = Math.max((high - low) * 0.01, byTime ? 1000 : 0.5);
    return [low - margin, high - low + 2 * margin];
  };
  const fit = () => { [from, span] = whole(); };
  const xOf = (event) => LABEL + (position(event) - from) / span * (width - LABEL);
  const zoom = (factor, x = LABEL + (width - LABEL) / 2) => {
    const at = from + (x - LABEL) / (width - LABEL) * span;
    const [, all] = whole();
    const next = Math.min(all * 1.5, Math.max(byTime ? 500 : 5, span * factor));
    from = at - (at - from) * next / span;
    span = next;
    draw();
  };
  const pan = (share) => { from += span * share; draw(); };

  // ---- Drawing: only what can be seen, and of what falls on one spot the first -----------------------
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const draw = () => {
    const ratio = window.devicePixelRatio || 1;
    width = canvas.clientWidth; height = canvas.clientHeight;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio); canvas.height = Math.round(height * ratio);
    }
    const pen = canvas.getContext("2d");
    const hue = { back: colour("--back"), soft: colour("--soft"), line: colour("--line"), text: colour("--text"),
      faint: colour("--faint"), sent: colour("--sent"), received: colour("--received"), error: colour("--error"),
      mark: colour("--mark"), pick: colour("--focus") };
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.fillStyle = hue.back; pen.fillRect(0, 0, width, height);
    const top = Math.floor(scroll / LANE), bottom = Math.min(lanes.length, Math.ceil((scroll + height - AXIS) / LANE));
    const yOf = (lane) => AXIS + lane * LANE - scroll + LANE / 2;
    pen.save();
    pen.beginPath(); pen.rect(LABEL, AXIS, width - LABEL, height - AXIS); pen.clip();
    // How long each socket is open.
    for (let lane = top; lane < bottom; lane++) {
      const events = perLane[lane], y = yOf(lane);
      pen.fillStyle = hue.line;
      const start = Math.max(LABEL, xOf(events[0])), end = Math.min(width, xOf(events[events.length - 1]));
      pen.fillRect(start, y - 1, Math.max(1, end - start), 2);
    }
    // Lines from where bytes were sent to where they were received.
    pen.strokeStyle = hue.faint; pen.globalAlpha = 0.5; pen.lineWidth = 1;
    pen.beginPath();
    let drawn = 0;
    for (let lane = top; lane < bottom && drawn < 4000; lane++) {
      let last = -9;
      for (let index = firstFrom(lane); index < perLane[lane].length; index++) {
        const event = perLane[lane][index], x = xOf(event);
        if (x > width) break;
        const sent = partner[event];
        if (kind[event] !== RECEIVED || sent < 0 || x - last < 2) continue;
        const lane2 = laneOf[socket[sent]];
        if (lane2 < 0 || isShown && !isShown[sent]) continue;
        pen.moveTo(xOf(sent), yOf(lane2)); pen.lineTo(x, yOf(lane));
        last = x; drawn++;
      }
    }
    pen.stroke(); pen.globalAlpha = 1;
    for (let lane = top; lane < bottom; lane++) {
      const y = yOf(lane);
      const spot = [-9, -9, -9];
      for (let index = firstFrom(lane); index < perLane[lane].length; index++) {
        const event = perLane[lane][index], x = xOf(event), code = kind[event];
        if (x > width + 5) break;
        const sort = code <= RECEIVED ? code : 2;
        if (x - spot[sort] < 0.7 && code !== ERROR && event !== selected) continue;
        spot[sort] = x;
        if (code <= RECEIVED) {
          const tall = size[event] === 0 ? 3 : Math.min(LANE / 2 - 2, 4 + Math.log2(size[event] + 1) * 0.7);
          pen.fillStyle = code === SENT ? hue.sent : hue.received;
          pen.fillRect(x - 1, code === SENT ? y - tall : y, 2.5, tall);
        } else {
          pen.fillStyle = code === ERROR ? hue.error : code === OPEN || code === CLOSE ? hue.text : hue.mark;
          pen.beginPath();
          if (code === CLOSE) pen.rect(x - 1, y - 6, 2, 12); else pen.arc(x, y, code === ERROR ? 4.5 : 3, 0, 7);
          pen.fill();
        }
      }
    }
    if (selected >= 0 && socket[selected] >= 0 && laneOf[socket[selected]] >= 0) {
      const x = xOf(selected), y = yOf(laneOf[socket[selected]]);
      pen.strokeStyle = hue.pick; pen.lineWidth = 2;
      pen.strokeRect(x - 6, y - LANE / 2 + 1, 12, LANE - 2);
      pen.globalAlpha = 0.35; pen.beginPath(); pen.moveTo(x, AXIS); pen.lineTo(x, height); pen.stroke(); pen.globalAlpha = 1;
    }
    pen.restore();
    // Names of the lanes.
    pen.fillStyle = hue.soft; pen.fillRect(0, AXIS, LABEL - 4, height);
    pen.save(); pen.beginPath(); pen.rect(0, AXIS, LABEL - 10, height); pen.clip();
    for (let lane = top; lane < bottom; lane++) {
      const y = yOf(lane);
      pen.font = "12px system-ui, sans-serif"; pen.fillStyle = hue.text;
      pen.fillText(socketName(lanes[lane]), 8, y - 2);
      pen.font = "10px system-ui, sans-serif"; pen.fillStyle = hue.faint;
      pen.fillText(endsOf(lanes[lane]), 8, y + 11);
    }
    pen.restore();
    // The axis.
    pen.fillStyle = hue.soft; pen.fillRect(0, 0, width, AXIS);
    pen.fillStyle = hue.faint; pen.font = "11px system-ui, sans-serif";
    pen.fillText(byTime ? "time" : "event", 8, 15);
    const step = niceStep(span / Math.max(1, (width - LABEL) / 110));
    for (let mark = Math.ceil(from / step) * step; mark < from + span; mark += step) {
      const x = LABEL + (mark - from) / span * (width - LABEL);
      pen.fillRect(x, AXIS - 4, 1, 4);
      pen.fillText(byTime ? duration(mark, step) : grouped(Math.round(mark)), x + 3, 15);
    }
  };
  const firstFrom = (lane) => {
    const events = perLane[lane];
    const edge = from - 6 * span / Math.max(1, width - LABEL);
    let low = 0, high = events.length;
    while (low < high) { const mid = (low + high) >> 1; if (position(events[mid]) < edge) low = mid + 1; else high = mid; }
    return low;
  };
  const niceStep = (rough) => {
    const power = 10 ** Math.floor(Math.log10(rough || 1));
    return [1, 2, 5, 10].map((times) => times * power).find((step) => step >= rough) || power;
  };
  const duration = (mark, step) => {
    const [unit, word] = step >= 1e8 ? [1e9, "s"] : step >= 1e5 ? [1e6, "ms"] : [1e3, "µs"];
    return `${(mark / unit).toFixed(Math.max(0, Math.min(3, -Math.floor(Math.log10(step / unit)))))} ${word}`;
  };

  // ---- The list: only the rows that can be seen -----------------------------------------------------
  const ROW = 22;
  const renderList = () => {
    $("space").style.height = `${shown.length * ROW}px`;
    const first = Math.max(0, Math.floor(list.scrollTop / ROW) - 5);
    const last = Math.min(shown.length, first + Math.ceil(list.clientHeight / ROW) + 10);
    rows.style.transform = `translateY(${first * ROW}px)`;
    const made = [];
    for (let index = first; index < last; index++) {
      const event = shown[index], row = document.createElement("div");
      row.className = "row"; row.id = `event-${event}`; row.setAttribute("role", "option");
      row.setAttribute("aria-selected", String(event === selected));
      row.setAttribute("aria-posinset", String(index + 1)); row.setAttribute("aria-setsize", String(shown.length));
      const cell = (name, text) => { const one = document.createElement("span"); one.className = name; one.textContent = text; row.append(one); };
      const tone = kind[event] === SENT ? " sent" : kind[event] === RECEIVED ? " received" : kind[event] === ERROR ? " error" : "";
      cell("time", seconds(event));
      cell("who", taskName(event));
      cell("where", placeName(event));
      cell("sock", socket[event] < 0 ? "" : `#${sockets[socket[event]].number}`);
      cell("what" + tone, what(event));
      row.addEventListener("click", () => select(event));
      made.push(row);
    }
    rows.replaceChildren(...made);
    list.setAttribute("aria-activedescendant", selected >= 0 ? `event-${selected}` : "");
  };
  const indexOf = (event) => {
    let low = 0, high = shown.length;
    while (low < high) { const mid = (low + high) >> 1; if (shown[mid] < event) low = mid + 1; else high = mid; }
    return shown[low] === event ? low : -1;
  };

  // ---- The selected event ---------------------------------------------------------------------------
  const SOME = 4096;
  const element = (name, text, kind = "") => { const one = document.createElement(name); one.textContent = text; if (kind) one.className = kind; return one; };
  const dump = (all, most) => {
    const lines = [];
    for (let at = 0; at < Math.min(all.length, most); at += 16) {
      const part = [...all.subarray(at, Math.min(at + 16, all.length))];
      const hex = part.map((byte) => byte.toString(16).padStart(2, "0"));
      const left = hex.slice(0, 8).join(" ").padEnd(23), right = hex.slice(8).join(" ").padEnd(23);
      const text = part.map((byte) => byte >= 32 && byte < 127 ? String.fromCharCode(byte) : ".").join("");
      lines.push(`${at.toString(16).padStart(8, "0")}  ${left}  ${right}  ${text}`);
    }
    return lines.join("\n");
  };
  const showDetail = (most = SOME) => {
    if (selected < 0) {
      detail.replaceChildren(element("p", "Select an event: in the list, in the diagram, or with ↑ and ↓.", "faint"));
      return;
    }
    const event = selected, parts = [], facts = document.createElement("dl");
    const fact = (name, text) => { if (text) facts.append(element("dt", name), element("dd", text)); };
    parts.push(element("h2", isMessage(event) ? `${kind[event] === SENT ? "Sent" : "Received"} ${bytes(size[event])}` : note[event]));
    fact("Time", `${seconds(event)} s, ${new Date(data.started_ms + ns[event] / 1e6).toISOString()}`);
    fact("Task", taskName(event));
    fact("Script", placeName(event));
    if (socket[event] >= 0) fact("Socket", `${socketName(socket[event])}: ${endsOf(socket[event])}`);
    if (isMessage(event)) fact("Also", note[event]);
    if (partner[event] >= 0) {
      const other = partner[event];
      const gap = (ns[other] - ns[event]) / 1e3;
      const button = element("button", `${kind[event] === SENT ? "received" : "sent"} by ${taskName(other)} ${placeName(other)}, ${Math.abs(gap).toFixed(1)} µs ${gap < 0 ? "before" : "later"} (l)`);
      button.type = "button"; button.addEventListener("click", () => select(other));
      const holder = document.createElement("dd"); holder.append(button);
      facts.append(element("dt", "Other end"), holder);
    }
    parts.push(facts);
    if (isMessage(event) && size[event] > 0) {
      const all = bytesOf(event);
      const cut = all.length < size[event] ? `The page holds the first ${bytes(all.length)} of ${grouped(size[event])}; the trace file has all.` : "";
      if (cut) parts.push(element("p", cut, "faint"));
      if (trees.has(event)) parts.push(element("pre", trees.get(event), "hex"));
      parts.push(element("pre", decoder.decode(all.subarray(0, most)), "text"), element("pre", dump(all, most), "hex"));
      if (all.length > most) {
        const more = element("button", `Show all ${bytes(all.length)}`);
        more.type = "button"; more.addEventListener("click", () => showDetail(Infinity));
        parts.push(more);
      }
    }
    detail.replaceChildren(...parts);
    detail.scrollTop = 0;
  };
  const select = (event, { quiet = false } = {}) => {
    if (event >= 0 && indexOf(event) < 0) { clear(); }
    selected = event;
    if (event >= 0) {
      const at = indexOf(event) * ROW;
      if (at < list.scrollTop) list.scrollTop = at;
      else if (at + ROW > list.scrollTop + list.clientHeight) list.scrollTop = at + ROW - list.clientHeight;
      const spot = position(event);
      if (spot < from || spot > from + span) from = spot - span / 2;
      const lane = socket[event] < 0 ? -1 : laneOf[socket[event]];
      if (lane >= 0) {
        if (lane * LANE < scroll) scroll = lane * LANE;
        else if ((lane + 1) * LANE > scroll + height - AXIS) scroll = (lane + 1) * LANE - (height - AXIS);
      }
    }
    showDetail(); renderList(); draw();
    if (!quiet) remember();
  };
  const step = (by) => {
    if (!shown.length) return;
    const at = selected < 0 ? (by > 0 ? -1 : shown.length) : indexOf(selected);
    select(shown[Math.max(0, Math.min(shown.length - 1, at + by))]);
  };
  const clear = () => { filters.q.value = ""; filters.task.value = ""; filters.socket.value = ""; filters.kind.value = "all"; filter(); };

  // ---- What is looked at stands in the address, so that it can be passed on ------------------------
  const remember = () => {
    const words = new URLSearchParams();
    for (const [name, field] of Object.entries(filters)) if (field.value && field.value !== "all") words.set(name, field.value);
    if (selected >= 0) words.set("event", String(selected));
    const hash = words.toString();
    try { history.replaceState(null, "", hash ? `#${hash}` : "#"); } catch { /* A page without an address of its own. */ }
  };
  const recall = () => {
    const words = new URLSearchParams(location.hash.slice(1));
    for (const [name, field] of Object.entries(filters)) if (words.has(name)) field.value = words.get(name);
    const event = words.has("event") ? Number(words.get("event")) : -1;
    return Number.isInteger(event) && event >= 0 && event < total ? event : -1;
  };

  // ---- Hands and keys ---------------------------------------------------------------------------
  const options = (field, all, names) => {
    field.replaceChildren(new Option(all, ""), ...names.map((name, index) => new Option(name, String(index))));
  };
  options($("task"), "all", data.tasks);
  options($("socket"), "all", sockets.slice(0, 2000).map((_, index) => socketName(index)));
  let pause = 0;
  filters.q.addEventListener("input", () => { clearTimeout(pause); pause = setTimeout(filter, 120); });
  for (const name of ["task", "socket", "kind"]) filters[name].addEventListener("change", filter);
  filters.q.addEventListener("keydown", (event) => {
    if (event.key === "Enter") { clearTimeout(pause); filter(); step(event.shiftKey ? -1 : 1); event.preventDefault(); }
  });
  const swapAxis = () => { byTime = !byTime; $("axis").textContent = byTime ? "by time" : "in order"; rank = null; fit(); draw(); };
  const swapTheme = () => {
    const root = document.documentElement.dataset;
    const dark = root.theme ? root.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.theme = dark ? "light" : "dark";
    draw();
  };
  const help = () => { $("help").showModal(); };
  $("axis").addEventListener("click", swapAxis);
  $("theme").addEventListener("click", swapTheme);
  $("keys").addEventListener("click", help);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  list.addEventListener("scroll", renderList, { passive: true });
  new ResizeObserver(() => { draw(); renderList(); }).observe($("diagram"));
  const pageful = () => Math.max(1, Math.floor(list.clientHeight / ROW) - 1);
  const keys = {
    ArrowDown: () => step(1), ArrowUp: () => step(-1), PageDown: () => step(pageful()), PageUp: () => step(-pageful()),
    Home: () => step(-total), End: () => step(total), ArrowLeft: () => pan(-0.1), ArrowRight: () => pan(0.1),
    "+": () => zoom(0.6), "=": () => zoom(0.6), "-": () => zoom(1 / 0.6), 0: () => { fit(); draw(); },
    l: () => { if (selected >= 0 && partner[selected] >= 0) select(partner[selected]); },
    "/": () => { filters.q.focus(); filters.q.select(); }, t: swapAxis, d: swapTheme, "?": help, Escape: clear,
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || $("help").open) return;
    const typing = event.target.matches("input, select");
    if (typing && event.key !== "Escape") return;
    if (event.target === $("divide") && /^Arrow(Up|Down)$/.test(event.key)) {
      resize($("diagram").clientHeight + (event.key === "ArrowUp" ? -20 : 20)); event.preventDefault(); return;
    }
    const act = keys[event.key];
    if (act) { act(); event.preventDefault(); if (typing) list.focus(); }
  });
  const resize = (upper) => { document.querySelector("main").style.setProperty("--upper", `${Math.max(80, upper)}px`); };
  $("divide").addEventListener("pointerdown", (event) => {
    const start = event.clientY, tall = $("diagram").clientHeight;
    const move = (event) => resize(tall + event.clientY - start);
    $("divide").setPointerCapture(event.pointerId);
    $("divide").addEventListener("pointermove", move);
    $("divide").addEventListener("pointerup", () => $("divide").removeEventListener("pointermove", move), { once: true });
  });
  canvas.addEventListener("wheel", (event) => {
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) pan((event.deltaX || event.deltaY) / 800);
    else zoom(event.deltaY > 0 ? 1.25 : 0.8, event.offsetX);
    event.preventDefault();
  }, { passive: false });
  const near = (x, y) => {
    const lane = Math.floor((y - AXIS + scroll) / LANE);
    if (y < AXIS || lane < 0 || lane >= lanes.length || x < LABEL) return -1;
    const up = (y - AXIS + scroll) % LANE < LANE / 2;
    let best = -1, least = 12;
    for (let index = firstFrom(lane); index < perLane[lane].length; index++) {
      const event = perLane[lane][index], off = Math.abs(xOf(event) - x) + (isMessage(event) && (kind[event] === SENT) !== up ? 2 : 0);
      if (xOf(event) > x + 12) break;
      if (off < least) { least = off; best = event; }
    }
    return best;
  };
  let grip = null;
  canvas.addEventListener("pointerdown", (event) => { grip = { x: event.clientX, y: event.clientY, from, scroll, moved: false }; canvas.setPointerCapture(event.pointerId); });
  canvas.addEventListener("pointermove", (event) => {
    const tip = $("tip");
    if (grip) {
      const dx = event.clientX - grip.x, dy = event.clientY - grip.y;
      if (Math.abs(dx) + Math.abs(dy) > 3) grip.moved = true;
      from = grip.from - dx / (width - LABEL) * span;
      scroll = Math.max(0, Math.min(Math.max(0, lanes.length * LANE - (height - AXIS)), grip.scroll - dy));
      draw();
    }
    const over = near(event.offsetX, event.offsetY);
    tip.hidden = over < 0;
    if (over >= 0) {
      tip.textContent = `${seconds(over)}  ${taskName(over)}  ${placeName(over)}  ${what(over)}`;
      tip.style.left = `${Math.max(0, Math.min(event.offsetX + 12, width - tip.offsetWidth - 8))}px`; tip.style.top = `${event.offsetY + 14}px`;
    }
  });
  canvas.addEventListener("pointerup", (event) => {
    if (grip && !grip.moved) { const over = near(event.offsetX, event.offsetY); if (over >= 0) select(over); }
    grip = null;
  });
  canvas.addEventListener("pointerleave", () => { $("tip").hidden = true; });

  // ---- Begin ------------------------------------------------------------------------------------
  const wanted = recall();
  filter(); fit();
  if (wanted >= 0) select(wanted, { quiet: true }); else { showDetail(); draw(); }
  document.documentElement.dataset.drawn = String(Math.round(performance.now()));
  // What the first look does not need.
  setTimeout(() => { link(); showDetail(); draw(); document.documentElement.dataset.ready = String(Math.round(performance.now())); });
})();
