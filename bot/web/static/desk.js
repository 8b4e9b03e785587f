// The desk, live: it asks for the same pieces of page that the server draws, and sends replies without leaving.
// Everything works without it, by forms.
"use strict";
(() => {
  const QUEUE_EVERY = 3000, TALK_EVERY = 2000; // milliseconds
  const desk = document.getElementById("desk");
  if (!desk) return;
  document.documentElement.classList.add("script");
  const { shown, lang, request } = desk.dataset;
  const requests = document.getElementById("requests"), log = document.getElementById("log");
  const trouble = document.getElementById("trouble"), announce = document.getElementById("announce");
  const title = document.title;
  const query = (values) => "?" + new URLSearchParams(lang ? { ...values, lang } : values);

  function say(text) {
    trouble.hidden = !text;
    if (trouble.textContent !== text) trouble.textContent = text;
  }

  // Sent to the page to sign in. What was typed stays here meanwhile.
  function signedOut(answer) {
    const out = new URL(answer.url).pathname === "/login";
    if (out) say(desk.dataset.signedOut);
    return out;
  }

  // A piece of page; null when there is none to have.
  async function piece(address) {
    const answer = await fetch(address, { headers: { Accept: "text/html" }, cache: "no-store" });
    if (signedOut(answer) || !answer.ok) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html").body.firstElementChild;
  }

  // --- the queue

  const waitingIn = (list) => new Set([...list.querySelectorAll('[data-status="waiting"]')].map((one) => one.dataset.id));
  let known = null; // ids that waited when we last looked; null before the first look

  async function lookAtQueue() {
    const list = await piece("/desk/queue" + query({ status: shown }));
    if (!list) return;
    const old = requests.firstElementChild;
    if (list.outerHTML !== old.outerHTML) {
      const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
      requests.replaceChildren(list);
      if (focused) document.getElementById(focused)?.focus();
    }
    // Whatever list is shown, it is those who wait that are announced.
    const waiting = waitingIn(shown === "mine" ? (await piece("/desk/queue" + query({ status: "waiting" }))) || list : list);
    if (known && [...waiting].some((id) => !known.has(id))) { announce.textContent = ""; announce.textContent = desk.dataset.new; ring(); }
    known = waiting;
    document.title = waiting.size ? `(${waiting.size}) ${title}` : title;
  }

  const sound = document.getElementById("sound");
  let speaker = null;
  sound.checked = localStorage.getItem("desk-sound") === "on";
  sound.addEventListener("change", () => { localStorage.setItem("desk-sound", sound.checked ? "on" : "off"); if (sound.checked) ring(); });

  // Two short notes, made here: no file to fetch.
  function ring() {
    if (!sound.checked) return;
    speaker ??= new AudioContext();
    [660, 880].forEach((pitch, index) => {
      const note = speaker.createOscillator(), volume = speaker.createGain();
      const start = speaker.currentTime + index * 0.18;
      note.frequency.value = pitch;
      volume.gain.setValueAtTime(0.15, start);
      volume.gain.exponentialRampToValueAtTime(0.001, start + 0.16);
      note.connect(volume).connect(speaker.destination);
      note.start(start);
      note.stop(start + 0.17);
    });
  }

  // --- the conversation

  let looking = false;

  async function lookAtTalk() {
    if (looking) return; // one at a time: a message is never shown twice
    looking = true;
    try {
      const after = [...log.querySelectorAll("article")].reduce((most, one) => Math.max(most, Number(one.dataset.seq)), 0);
      const answer = await fetch(`/desk/${request}/messages` + query({ after }), { cache: "no-store" });
      if (signedOut(answer)) return;
      if (answer.status === 404 || answer.status === 403) { say(desk.dataset.erased); clearInterval(talking); log.replaceChildren(); return; }
      if (!answer.ok) throw new Error(String(answer.status));
      const found = new DOMParser().parseFromString(await answer.text(), "text/html").body.firstElementChild;
      const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
      const articles = [...found.children];
      log.firstElementChild.append(...articles);
      if (articles.length && atEnd) log.scrollTop = log.scrollHeight;
      document.getElementById("danger").hidden = found.dataset.urgency !== "crisis";
      if (articles.some((one) => one.classList.contains("resident")) && document.hidden) { document.title = "● " + title; ring(); }
      if (found.dataset.open === "no" && document.getElementById("reply")) location.reload();
      say("");
    } finally {
      looking = false;
    }
  }

  // A form that says something: sent from here, so that nothing else typed on the page is lost.
  async function send(form, button, body) {
    const buttons = form.querySelectorAll("button");
    buttons.forEach((one) => { one.disabled = true; });
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(body) });
      if (signedOut(answer)) return false;
      if (answer.ok) { await lookAtTalk(); log.scrollTop = log.scrollHeight; return true; }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      say(page.querySelector(".notice.bad:not([hidden])")?.textContent.trim() || String(answer.status));
    } catch {
      say(desk.dataset.offline);
    } finally {
      buttons.forEach((one) => { one.disabled = false; });
      button?.focus();
    }
    return false;
  }

  let talking = 0;
  if (request && log) {
    log.scrollTop = log.scrollHeight;
    talking = setInterval(() => lookAtTalk().catch(() => say(desk.dataset.offline)), TALK_EVERY);
    for (const form of document.querySelectorAll(`form[method="post"][action^="/desk/${request}/messages"]`)) {
      form.addEventListener("submit", async (event) => {
        event.preventDefault();
        const button = event.submitter;
        const body = new FormData(form, button && button.name ? button : null);
        const text = form.querySelector("textarea");
        if (await send(form, text || button, body) && text) text.value = "";
      });
    }
    const text = document.getElementById("text");
    text?.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); if (text.value.trim()) text.form.requestSubmit(); }
    });
  }

  // The reason belongs to one outcome only.
  const outcome = document.getElementById("outcome"), reason = document.getElementById("reason");
  function reasonFits() {
    const needed = outcome.value === "not_met";
    document.getElementById("reason-field").hidden = !needed;
    reason.required = needed;
    if (!needed) reason.value = "";
  }
  if (outcome) { outcome.addEventListener("change", reasonFits); reasonFits(); }

  const looks = () => lookAtQueue().catch(() => say(desk.dataset.offline));
  looks();
  setInterval(looks, QUEUE_EVERY);
})();
