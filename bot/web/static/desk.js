// The desk, live: streams say that something changed, and the same pieces of page that the server draws are asked for.
// Everything works without it, by forms. A laptop that slept asks for what came since the last message it shows; a reply
// carries one key however often it is sent, so that none is lost and none doubled.
"use strict";
(() => {
  // Milliseconds. The slow looks are for what no stream tells: minutes that pass, a proxy that holds streams back.
  const SLOW = 20000, ALARM_EVERY = 20000, TYPING_EVERY = 3000, SOON = 40;
  const desk = document.getElementById("desk");
  if (!desk) return;
  document.documentElement.classList.add("script");
  const { shown, find, lang, request, mine, channel } = desk.dataset;
  const requests = document.getElementById("requests"), log = document.getElementById("log");
  const trouble = document.getElementById("trouble"), announce = document.getElementById("announce"), alarm = document.getElementById("alarm");
  // Of several tabs one makes the sounds and holds the queue's stream: a browser opens six connections to one server.
  let leader = !navigator.locks;
  const sounds = window.deskSounds, ring = () => leader && sounds.ring(), alarmSound = () => leader && sounds.alarm();
  const others = "BroadcastChannel" in window ? new BroadcastChannel("desk") : null;
  const title = document.title;
  const query = (values) => "?" + new URLSearchParams(lang ? { ...values, lang } : values);
  const parse = (text) => new DOMParser().parseFromString(text, "text/html");

  function say(text) {
    trouble.hidden = !text;
    if (trouble.textContent !== text) trouble.textContent = text || "";
  }
  function tell(text) { announce.textContent = ""; announce.textContent = text; }

  // Sent to the page to sign in. What was typed stays here meanwhile.
  function signedOut(answer) {
    const out = new URL(answer.url).pathname === "/login";
    if (out) say(desk.dataset.signedOut);
    return out;
  }
  async function piece(address) {
    const answer = await fetch(address, { headers: { Accept: "text/html" }, cache: "no-store" });
    if (signedOut(answer) || !answer.ok) return null;
    return parse(await answer.text()).body.firstElementChild;
  }
  // One look at a time; what changes meanwhile is looked at once more.
  function oneAtATime(look) {
    let running = false, again = false;
    return async () => {
      if (running) { again = true; return; }
      running = true;
      try { do { again = false; await look(); } while (again); } catch { say(desk.dataset.offline); } finally { running = false; }
    };
  }

  // --- the queue

  const idsOf = (list, selector) => new Set([...list.querySelectorAll(selector)].map((one) => one.dataset.id));
  // Ids that waited, and that a colleague handed over, when we last looked; null before the first look.
  let known = null, given = null, elsewhere = null, unread = 0;
  let alarmed = 0;

  const lookAtQueue = oneAtATime(async () => {
    const list = await piece("/desk/queue" + query(find ? { find } : { status: shown }));
    if (!list) return;
    const old = requests.firstElementChild;
    list.querySelector(`[data-id="${request}"]`)?.setAttribute("aria-current", "true");
    markDrafts(list);
    if (list.outerHTML !== old.outerHTML) {
      const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
      requests.replaceChildren(list);
      if (focused) document.getElementById(focused)?.focus();
    }
    // Whatever list is shown, it is all of them that are announced.
    const all = shown === "all" ? list : await piece("/desk/queue" + query({ status: "all" }));
    if (!all) return;
    const waiting = idsOf(all, '[data-status="waiting"]');
    if (known && [...waiting].some((id) => !known.has(id))) { tell(desk.dataset.new); ring(); }
    known = waiting;
    const handed = idsOf(all, "[data-handed]");
    if (given && [...handed].some((id) => !given.has(id) && id !== request)) { tell(desk.dataset.handed); ring(); if (document.hidden) unread += 1; }
    given = handed;
    count({ waiting: waiting.size, mine: all.querySelectorAll("[data-unread]").length, all: all.querySelectorAll("[data-id]").length });
    forgetDrafts(idsOf(all, "[data-id]"));
    // Messages in my other conversations.
    const more = [...all.querySelectorAll("[data-unread]")].filter((one) => one.dataset.id !== request || document.hidden).reduce((sum, one) => sum + Number(one.dataset.unread), 0);
    if (elsewhere !== null && more > elsewhere) { if (leader) sounds.message(); if (document.hidden) unread += 1; }
    elsewhere = more;
    dangers(new Map([...all.querySelectorAll('[data-danger="yes"]')].map((one) => [one.dataset.id, one.querySelector(".about-it").textContent.trim()])));
    badge();
    say("");
  });
  function count(numbers) {
    for (const one of document.querySelectorAll("[data-count]")) one.textContent = `(${numbers[one.dataset.count]})`;
  }
  function badge() {
    const waiting = known ? known.size : 0;
    document.title = `${unread && document.hidden ? "● " : ""}${waiting ? `(${waiting}) ` : ""}${title}`;
  }
  // Somebody of mine spoke of danger: seen whatever conversation is open, heard until it is noted.
  function dangers(found) {
    clearInterval(alarmed);
    alarmed = 0;
    alarm.hidden = !found.size;
    if (!found.size) { alarm.replaceChildren(); alarm.dataset.ids = ""; return; }
    const ids = [...found.keys()].join();
    if (alarm.dataset.ids !== ids) {
      alarm.dataset.ids = ids;
      alarm.replaceChildren(...[...found].map(([id, about]) => {
        const line = document.createElement("p"), link = Object.assign(document.createElement("a"), { href: `/desk/${id}` + (lang ? query({}) : ""), textContent: about });
        line.append(desk.dataset.dangerNew, " ", link);
        return line;
      }));
      alarmSound();
    }
    alarmed = setInterval(alarmSound, ALARM_EVERY);
  }

  const drafts = () => Object.keys(sessionStorage).filter((name) => name.startsWith("desk-draft-"));
  const draftOf = (name) => name.slice("desk-draft-".length, -5); // "-text" or "-note"
  function markDrafts(list) {
    for (const id of new Set(drafts().map(draftOf))) {
      const row = list.querySelector(`[data-id="${id}"] .small`);
      row?.append(Object.assign(document.createElement("strong"), { textContent: desk.dataset.draft }));
    }
  }
  // Those of conversations that are over, or gone: nothing of them stays in this browser.
  function forgetDrafts(open) {
    for (const name of drafts()) if (!open.has(draftOf(name))) sessionStorage.removeItem(name);
  }

  // --- the conversation

  const beside = document.getElementById("beside"), text = document.getElementById("text");
  let seen = 0, over = false;
  const lastSeq = () => [...log.querySelectorAll("article")].reduce((most, one) => Math.max(most, Number(one.dataset.seq)), 0);

  const lookAtTalk = oneAtATime(async () => {
    if (over) return;
    const answer = await fetch(`/desk/${request}/messages` + query({ after: lastSeq() }), { cache: "no-store" });
    if (signedOut(answer)) return;
    if (answer.status === 404 || answer.status === 403) { over = true; say(desk.dataset.erased); log.replaceChildren(); return; }
    if (!answer.ok) throw new Error(String(answer.status));
    const found = parse(await answer.text()).body.firstElementChild;
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
    const articles = [...found.children].filter((one) => !log.querySelector(`[data-seq="${one.dataset.seq}"]`));
    log.firstElementChild.append(...articles);
    if (articles.length && atEnd) log.scrollTop = log.scrollHeight;
    document.getElementById("danger").hidden = found.dataset.urgency !== "crisis";
    const noted = document.getElementById("danger-noted");
    if (noted) noted.hidden = found.dataset.danger !== "yes";
    if (articles.some((one) => one.classList.contains("resident"))) { if (document.hidden) { unread += 1; badge(); } else sounds.message(); }
    aside(found.dataset);
    present();
    if (found.dataset.open === "no" && document.getElementById("reply")) location.reload();
    say("");
  });
  // Typing, and whether the last reply was seen: the web alone tells.
  function aside(state) {
    const said = [...log.querySelectorAll("article.navigator, article.resident")], replies = said.filter((one) => one.classList.contains("navigator"));
    // Whoever wrote since has seen it: nothing to say.
    const told = channel === "web" && replies.length && said.at(-1) === replies.at(-1) ? (Number(state.seen) >= Number(replies.at(-1).dataset.seq) ? desk.dataset.seen : desk.dataset.notSeen) : "";
    const now = state.typing === "yes" ? desk.dataset.typing : told;
    if (beside && beside.textContent !== now) beside.textContent = now;
  }
  let typedAt = 0;
  function present(typing = false) {
    if (mine !== "yes" || over || document.hidden) return;
    const last = lastSeq();
    if (!typing && last <= seen) return;
    seen = last;
    fetch(`/api/handoffs/${request}/presence`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ seen: last, typing }) }).catch(() => { seen = 0; });
  }

  // A form that acts: sent from here, so that nothing else typed on the page is lost.
  async function send(form, button, body) {
    const buttons = form.querySelectorAll("button");
    buttons.forEach((one) => { one.disabled = true; });
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(body) });
      if (signedOut(answer)) return null;
      const page = parse(await answer.text());
      if (answer.ok) { say(""); return page; }
      say(page.querySelector(".notice.bad:not([hidden])")?.textContent.trim() || String(answer.status));
    } catch {
      say(desk.dataset.offline);
    } finally {
      buttons.forEach((one) => { one.disabled = false; });
      button?.focus();
    }
    return null;
  }
  const newKey = () => [...crypto.getRandomValues(new Uint8Array(8))].map((one) => one.toString(16).padStart(2, "0")).join("");
  async function sendMessage(form, event) {
    event.preventDefault();
    const button = event.submitter, field = form.querySelector("textarea"), once = form.elements.once;
    const page = await send(form, field || button, new FormData(form, button && button.name ? button : null));
    if (!page) return; // the same key goes again with the same words
    if (once) once.value = newKey();
    if (field) { field.value = ""; keep(field); }
    await lookAtTalk();
    log.scrollTop = log.scrollHeight;
  }
  // A part of the page after an act or a search: the server's own, swapped in.
  function swap(page, id) {
    const fresh = page.getElementById(id), old = document.getElementById(id);
    if (fresh && old) old.replaceWith(fresh); else if (old) old.remove();
    wire();
  }

  // What is typed, a reply or a note, survives a reload of this tab, and is marked in the list until it is sent.
  function keep(field = text) {
    if (!field) return;
    const name = `desk-draft-${request}-${field.id}`;
    if (field.value) sessionStorage.setItem(name, field.value); else sessionStorage.removeItem(name);
  }

  const act = {
    messages: sendMessage,
    notes: async (form, event) => {
      event.preventDefault();
      const page = await send(form, null, new FormData(form));
      if (page) { keep(Object.assign(document.createElement("textarea"), { id: "note" })); swap(page, "notes"); document.getElementById("note")?.focus(); }
    },
    danger: async (form, event) => { event.preventDefault(); if (await send(form, null, new FormData(form))) { form.hidden = true; text?.focus(); lookAtQueue(); } },
    "contact/used": async (form, event) => { event.preventDefault(); const page = await send(form, null, new FormData(form)); if (page) swap(page, "contact"); },
  };
  function wire() {
    for (const field of document.querySelectorAll("#text:not([data-kept]), #note:not([data-kept])")) {
      field.dataset.kept = "yes";
      if (!field.value) field.value = sessionStorage.getItem(`desk-draft-${request}-${field.id}`) || "";
      field.addEventListener("input", () => keep(field));
    }
    for (const form of document.querySelectorAll("form:not([data-wired])")) {
      const path = new URL(form.action).pathname.replace(`/desk/${request}/`, "");
      form.dataset.wired = "yes";
      if (form.method === "post" && act[path]) form.addEventListener("submit", (event) => act[path](form, event));
      else if (form.method === "get" && form.closest("#search")) form.addEventListener("submit", async (event) => {
        event.preventDefault();
        const answer = await fetch(form.action.split("#")[0] + "?" + new URLSearchParams(new FormData(form, event.submitter)), { cache: "no-store" }).catch(() => null);
        if (!answer) return say(desk.dataset.offline);
        if (signedOut(answer) || !answer.ok) return;
        swap(parse(await answer.text()), "search");
        (document.querySelector("#search .error") ? document.getElementById("place") : document.querySelector("#search [data-card]") || document.getElementById("search-title")).focus();
      });
    }
  }

  // --- streams

  function stream(address, names, changed) {
    const source = new EventSource(address);
    let soon = 0;
    for (const name of names) source.addEventListener(name, () => { clearTimeout(soon); soon = setTimeout(changed, SOON); });
    source.addEventListener("gone", () => { source.close(); changed(); });
    return source;
  }
  wire();
  let queue = null, talk = null;
  const dead = (source) => !source || source.readyState === EventSource.CLOSED; // a session that ended, a server that was away
  function lead() {
    leader = true;
    if (dead(queue)) queue = stream("/api/handoffs/events", ["queue"], () => { others?.postMessage("queue"); lookAtQueue(); });
  }
  function looks() {
    if (leader) lead();
    lookAtQueue();
    if (request && log && !over) { listen(); lookAtTalk(); }
  }
  if (others) others.onmessage = lookAtQueue;
  if (navigator.locks) navigator.locks.request("desk", () => new Promise(lead)); else lead(); // held until this tab goes
  function listen() {
    if (document.hidden || over) { talk?.close(); talk = null; } else if (dead(talk)) talk = stream(`/api/handoffs/${request}/events?after=${lastSeq()}`, ["message", "state"], lookAtTalk);
  }
  if (request && log) {
    log.scrollTop = log.scrollHeight;
    listen();
    present();
    aside({ seen: log.firstElementChild.dataset.seen, typing: log.firstElementChild.dataset.typing });
    if (text) {
      text.addEventListener("input", () => {
        if (Date.now() - typedAt > TYPING_EVERY) { typedAt = Date.now(); present(true); }
      });
    }
  }
  lookAtQueue();
  setInterval(looks, SLOW);
  // Awake again, back on line, or looked at again: at once.
  window.addEventListener("online", looks);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) { unread = 0; badge(); looks(); } else if (request && log) listen();
  });

  // The reason belongs to one outcome only.
  const outcome = document.getElementById("outcome"), reason = document.getElementById("reason");
  function reasonFits() {
    const needed = outcome.value === "not_met";
    document.getElementById("reason-field").hidden = !needed;
    reason.required = needed;
    if (!needed) reason.value = "";
  }
  if (outcome) { outcome.addEventListener("change", reasonFits); reasonFits(); }
})();
