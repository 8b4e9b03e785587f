// The residents' page, improved: answers without reloading, a navigator's words as they come, retries when offline.
// Without this file the page works by its forms. The conversation's key lives in sessionStorage: it ends with the tab.
(function () {
  "use strict";
  var $ = (selector, from) => (from || document).querySelector(selector);
  var all = (selector, from) => Array.prototype.slice.call((from || document).querySelectorAll(selector));
  var form = $("#chat"), field = $("#text"), log = $("#log"), start = $("#start"), needs = $("#needs");
  var t = window.bonnePorte.t, el = window.bonnePorte.el, draw = window.bonnePorte.draw;
  var language = document.documentElement.lang, title = document.title;
  var embedded = document.body.classList.contains("embedded");
  var last = 0, status = "assistant", busy = false, listening = false, wake = null, escaped = 0, beside = {}, person = null;
  var KEY = "bonneporte";

  // What this tab remembers: {id, token, queue of what is not sent yet}. A browser that refuses storage forgets sooner.
  var mine = { id: "", token: "", queue: [] };
  try { mine = JSON.parse(sessionStorage.getItem(KEY)) || mine; } catch (refused) { /* go on without */ }
  function save() { try { sessionStorage.setItem(KEY, JSON.stringify(mine)); } catch (refused) { /* go on without */ } }
  function forget() {
    mine = { id: "", token: "", queue: [] }; last = 0;
    try { sessionStorage.removeItem(KEY); } catch (refused) { /* nothing was kept */ }
  }

  function sleep(ms) { return new Promise(done => { wake = done; setTimeout(done, ms); }); }
  // The conversation on the page. An echo (what was just written) has no seq until its place is known.
  function begun() {
    start.hidden = needs.hidden = true; $("h1").classList.add("unseen"); log.classList.remove("empty");
    all(".notice.good").forEach(old => { old.remove(); });
    field.placeholder = ""; form.classList.add("stuck"); rows(); tools();
  }
  function tools() { $("#refresh").hidden = true; $("#erase").hidden = !mine.id && !mine.queue.length; $("#keep").hidden = !live(); }
  function rows() {
    field.rows = form.classList.contains("stuck") ? 1 : 2;
    while (field.rows < 6 && field.scrollHeight > field.clientHeight + 2) field.rows++;
  }
  function echo(item) {
    begun();
    all(".choices", log).forEach(old => { old.remove(); });
    var box = draw({ from: "resident", kind: "text", language: language, text: item.label });
    box.dataset.client = item.client_id;
    log.append(box); reveal(box);
  }
  function show(messages) {
    var first = null;
    messages.forEach(one => {
      if (one.seq <= last && $('[data-seq="' + one.seq + '"]', log)) return;
      last = Math.max(last, one.seq);
      var waiting = $("article:not([data-seq])", log);
      if (one.from === "resident" && waiting) { waiting.dataset.seq = one.seq; return; }
      var box = draw(one), after = all("article", log).filter(other => {
        return !other.dataset.seq || +other.dataset.seq > one.seq;
      })[0];
      if (one.from === "resident") all(".choices", log).forEach(old => { old.remove(); });
      log.insertBefore(box, after || null);
      if (one.from !== "resident") first = first || box;
    });
    var spoken = messages.filter(one => one.from !== "resident").pop();
    if (spoken && spoken.language !== language) swap(spoken.language);
    if (messages.length) begun();
    return first;
  }
  function reveal(box) {
    var calm = window.matchMedia && matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (box) box.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  }
  function tell(name) {
    var line = $("#status");
    line.hidden = false;
    line.className = "status " + name;
    line.textContent = t(language, "status." + name) + (name === status && person && person.aside ? person.aside(name) : "");
  }
  // What person.js does, once somebody is awaited.
  function withPerson() {
    if (person) return;
    person = "asked";
    var script = el("script", { src: form.dataset.person });
    script.onload = () => {
      person = window.bonnePorte.person({ call: call, path: path, log: log, form: form, now: () => ({ mine: mine, status: status, last: last, language: language, beside: beside }) });
      tell(status); person.present();
    };
    document.head.append(script);
  }
  function present() { if (person && person.present) person.present(); }
  function problem(name, told, urgent) {
    all(".problem").forEach(old => { old.remove(); });
    if (!name && !told) return;
    var box = el("div", { class: "notice bad problem", role: "alert", tabindex: "-1" },
      el("p", {}, el("strong", {}, told || t(language, "problem." + name))));
    if (urgent) box.append(el("p", {}, t(language, "problem.cannot_wait")), document.importNode($("#line811").content, true));
    form.parentNode.insertBefore(box, form);
  }

  // The API.
  async function call(method, path, body) {
    var headers = { "Accept-Language": language }, answer;
    if (mine.token) headers.Authorization = "Bearer " + mine.token;
    if (body) headers["Content-Type"] = "application/json";
    try {
      answer = await fetch("/api/conversations" + path, { method: method, headers: headers, body: body && JSON.stringify(body), cache: "no-store" });
    } catch (network) { throw { offline: true }; }
    var said = answer.status === 204 ? {} : await answer.json().catch(() => { return {}; });
    if (!answer.ok) throw { status: answer.status, title: said.title, after: +answer.headers.get("Retry-After") || 0 };
    return said;
  }
  function path(rest) { return "/" + encodeURIComponent(mine.id) + (rest || ""); }
  async function opened() {
    if (mine.id) return;
    var got = await call("POST", "", { language: language, door: form.elements.door.value || undefined });
    mine.id = got.conversation; mine.token = got.token; save();
    show(got.messages);
  }

  function send(text, choice, label) {
    var id = Array.prototype.map.call(crypto.getRandomValues(new Uint8Array(12)), byte => ("0" + byte.toString(16)).slice(-2)).join("");
    var item = { client_id: id, text: text, choice: choice, label: label || text };
    mine.queue.push(item); save(); echo(item); pump();
  }
  // One message at a time, in order; the same client_id again and again until it has an answer.
  async function pump() {
    if (busy) return;
    busy = true;
    var pause = 1000, slow;
    while (mine.queue.length) {
      var item = mine.queue[0];
      slow = setTimeout(tell, 400, status === "navigator" ? "navigator" : "typing");
      try {
        await opened();
        var body = { client_id: item.client_id };
        if (item.choice) body.choice = item.choice; else body.text = item.text;
        var got = await call("POST", path("/messages"), body);
        clearTimeout(slow); problem(); pause = 1000;
        mine.queue.shift(); save(); sent(item, got.messages);
        await settle(got.messages, item.choice);
      } catch (error) {
        clearTimeout(slow);
        if (error.offline) { tell("offline"); await sleep(pause); pause = Math.min(pause * 2, 30000); continue; }
        if (error.status === 429 && error.after && error.after <= 120) { problem("too_many", error.title, true); await sleep(error.after * 1000); continue; }
        if (error.status === 404) { if (/^erase/.test(item.choice || "")) { erased(); } else { gone(item); } break; }
        failed(item, error); break;
      }
    }
    busy = false;
  }
  function sent(item, answers) {
    var box = $('[data-client="' + item.client_id + '"]', log);
    if (!box) return;
    all(".unsent", box).forEach(old => { old.remove(); });
    if (answers.length && !box.dataset.seq) box.dataset.seq = Math.min.apply(null, answers.map(one => one.seq)) - 1;
  }
  async function settle(answers, choice) {
    var first = show(answers);
    reveal(first);
    if (first && choice) first.focus({ preventScroll: true });
    tell(status);
    if (!answers.length || status !== "assistant" || answers.some(one => one.kind === "handoff")) await refresh();
  }
  function failed(item, error) {
    var refused = error.status >= 400 && error.status < 500 && error.status !== 429;
    problem(error.status >= 500 || !error.status ? "broken" : "too_many", error.status < 500 ? error.title : null, !refused);
    tell(status);
    var box = $('[data-client="' + item.client_id + '"]', log), again;
    if (refused) { // it will never be taken as it is: the text goes back where it can be changed
      mine.queue.shift(); save();
      if (box) box.remove();
      if (item.text && !field.value) field.value = item.text;
    } else if (box && !$(".unsent", box)) {
      again = el("button", { type: "button", class: "button quiet" }, t(language, "problem.retry"));
      again.addEventListener("click", () => { box.removeChild(again.parentNode); field.focus(); pump(); });
      box.append(el("p", { class: "unsent" }, t(language, "problem.not_sent"), " ", again));
    }
  }
  function blank() { log.textContent = ""; log.classList.add("empty"); $("#status").hidden = true; start.hidden = needs.hidden = false; form.classList.remove("stuck"); rows(); status = "assistant"; }
  function gone(item) {
    forget(); blank(); tools(); problem("gone");
    if (item && item.text && !field.value) field.value = item.text;
    field.focus();
  }
  function erased() {
    forget(); blank(); problem(); tools();
    var box = el("section", { class: "notice good", tabindex: "-1" }, el("h2", {}, t(language, "erased.title")),
      el("p", {}, t(language, "erased.done") + " " + t(language, "erased.browser")));
    start.parentNode.insertBefore(box, start);
    box.focus(); reveal(box);
  }
  async function erase() {
    try { if (mine.id) await call("DELETE", path()); } catch (error) { if (error.status !== 404) { problem("broken", error.title, false); return; } }
    erased();
  }

  // While a person is awaited or there: a stream, and looking now and then where a stream does not pass.
  async function refresh() {
    if (!mine.id) return null;
    var got = await call("GET", path("/messages?after=" + last)), first = show(got.messages);
    turn(got);
    return first;
  }
  function turn(now) { status = now.status; beside = now; tell(status); tools(); present(); if (live()) { withPerson(); listen(); } }
  function live() { return mine.id && (status === "waiting" || status === "navigator"); }
  async function listen() {
    if (listening) return;
    listening = true;
    var streams = true, pause = 2000;
    while (live()) {
      try {
        if (streams) streams = await stream();
        if (live()) { if (!streams) await sleep(4000); arrived(await refresh()); }
        pause = 2000;
      } catch (error) {
        if (error && error.status === 404) { gone(); break; }
        await sleep(pause); pause = Math.min(pause * 2, 30000);
      }
    }
    listening = false;
  }
  async function stream() {
    var stop = new AbortController(), heard = false, rest = "", decoder = new TextDecoder(), timer;
    var watch = ms => { clearTimeout(timer); timer = setTimeout(() => { stop.abort(); }, ms); };
    watch(6000); // the first event comes at once: a proxy that holds it back would hold the others too
    try {
      var answer = await fetch("/api/conversations" + path("/events?after=" + last), { headers: { Authorization: "Bearer " + mine.token, Accept: "text/event-stream" }, cache: "no-store", signal: stop.signal });
      if (answer.status === 404) throw { status: 404 };
      if (!answer.ok || !answer.body) return false;
      var reader = answer.body.getReader();
      while (live()) {
        var part = await reader.read();
        if (part.done) return heard;
        heard = true; watch(45000);
        var events = (rest + decoder.decode(part.value, { stream: true })).split("\n\n");
        rest = events.pop();
        events.forEach(event);
      }
    } catch (error) { if (error.status) throw error; } finally { clearTimeout(timer); stop.abort(); }
    return heard;
  }
  function event(raw) {
    var kind = (/^event: ?(.*)$/m.exec(raw) || [])[1], data = (/^data: ?(.*)$/m.exec(raw) || [])[1];
    if (kind === "erased") gone();
    if (kind === "status") turn(JSON.parse(data));
    if (kind === "message") arrived(show([JSON.parse(data)]));
  }
  function arrived(box) {
    present();
    if (!box) return;
    if (document.hidden) document.title = "● " + title;
    if (document.activeElement !== field || !field.value) reveal(box);
  }

  // The words around the conversation in the other language: the server's own page, piece by piece.
  async function swap(to) {
    if (to === language) return;
    language = to; document.documentElement.lang = to; form.elements.language.value = to;
    try {
      var got = await fetch((embedded ? "/embed" : "/") + "?lang=" + to, { cache: "no-store" });
      var page = new DOMParser().parseFromString(await got.text(), "text/html");
      all("[data-swap]", page).forEach(fresh => {
        var old = $('[data-swap="' + fresh.dataset.swap + '"]');
        if (old) old.innerHTML = fresh.innerHTML;
      });
      all("[data-swap-label]", page).forEach(fresh => {
        $('[data-swap-label="' + fresh.dataset.swapLabel + '"]').setAttribute("aria-label", fresh.getAttribute("aria-label"));
      });
      all("[data-replace]", page).forEach(fresh => {
        var old = $('[data-replace="' + fresh.dataset.replace + '"]'), focused = old === document.activeElement;
        old.replaceWith(fresh);
        if (focused) fresh.focus();
      });
      if (!log.classList.contains("empty")) field.placeholder = ""; else field.placeholder = $("#text", page).placeholder;
      tools();
      if (!$("#status").hidden) tell(status);
      if (!mine.id) history.replaceState(null, "", "?lang=" + to);
    } catch (offline) { /* the old words stay: they are still true */ }
  }

  // Leaving at once. replace() takes this page out of the Back button's reach, not out of the browser's history.
  function leave() {
    var to = $("#leave").href;
    forget(); document.title = ""; document.body.textContent = "";
    if (embedded && window.parent !== window) {
      window.parent.postMessage({ bonneporte: "leave", to: to }, "*");
      try { window.top.location.replace(to); } catch (refused) { /* the partner's page does it */ }
    } else location.replace(to);
  }

  document.addEventListener("click", happened => {
    var on = happened.target.closest ? happened.target.closest("button, a") : null;
    if (!on) return;
    if (on.id === "leave") { happened.preventDefault(); leave(); }
    else if (on.dataset.language && !mine.id) { happened.preventDefault(); swap(on.dataset.language); }
    else if (on.dataset.language) { happened.preventDefault(); send(null, "language:" + on.dataset.language, on.textContent.trim()); }
    else if (on.name === "choice") { happened.preventDefault(); send(null, on.value, on.textContent.trim()); }
    else if (on.name === "action") { happened.preventDefault(); if (on.value === "erase") erase(); else if (person && person.keep) person.keep(on); }
  });
  form.addEventListener("submit", happened => {
    happened.preventDefault();
    var text = field.value.trim();
    problem();
    if (!text) { problem("empty"); field.focus(); return; }
    field.value = ""; rows();
    send(text, null, text);
    field.focus({ preventScroll: true });
  });
  field.addEventListener("keydown", key => {
    if (key.key !== "Enter" || key.shiftKey || key.isComposing || key.keyCode === 229) return;
    key.preventDefault();
    $(".send", form).click();
  });
  field.addEventListener("input", () => {
    rows();
    if (person && person.typing) person.typing();
  });
  document.addEventListener("keydown", key => {
    if (key.key !== "Escape") return;
    if (Date.now() - escaped < 1500) leave();
    escaped = Date.now();
  });
  window.addEventListener("online", () => { if (wake) wake(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { document.title = title; present(); } });

  // Back by the link that person.js gave.
  function comeBack() {
    var by = /^#([0-9a-f-]{36})\.([\w-]{20,})$/.exec(location.hash);
    if (!by) return;
    history.replaceState(null, "", location.pathname + location.search);
    if (by[1] !== mine.id) { mine = { id: by[1], token: by[2], queue: [] }; save(); }
  }

  // Taking up where the tab was: a page that was answered by a form, or a conversation this tab remembers.
  async function resume() {
    document.documentElement.classList.add("script");
    comeBack();
    if (form.elements.conversation.value) {
      mine.id = form.elements.conversation.value; mine.token = form.elements.token.value; save();
      all("[data-seq]", log).forEach(box => { last = Math.max(last, +box.dataset.seq); });
      status = $("#status").className.replace("status ", "");
      if (log.classList.contains("empty")) tools(); else begun();
      if (live()) { withPerson(); listen(); }
    } else if (mine.id) {
      begun(); tell("loading");
      try { reveal(await refresh()); } catch (error) { if (error.status === 404) gone(); else { tell("offline"); } }
    }
    tools(); rows();
    mine.queue.forEach(echo);
    pump();
  }
  resume();
})();
