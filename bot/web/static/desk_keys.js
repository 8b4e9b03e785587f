// The desk by keyboard. Single letters act outside of fields only, and can be turned off (WCAG 2.1.4); the list is under "?".
"use strict";
(() => {
  const desk = document.getElementById("desk"), dialog = document.getElementById("keys"), single = document.getElementById("keys-single");
  if (!desk || !dialog) return;
  const text = document.getElementById("text"), picker = document.getElementById("canned-list");
  const { lang } = desk.dataset;
  const go = (status) => { location.href = "/desk?" + new URLSearchParams(lang ? { status, lang } : { status }); };
  const focus = (id) => { const one = document.getElementById(id); one?.focus(); one?.scrollIntoView({ block: "nearest" }); return Boolean(one); };

  single.checked = localStorage.getItem("desk-keys") !== "off";
  single.addEventListener("change", () => localStorage.setItem("desk-keys", single.checked ? "on" : "off"));
  document.getElementById("keys-open").addEventListener("click", () => dialog.showModal());

  // Through the queue: the row's first control has the focus.
  function step(by) {
    const rows = [...document.querySelectorAll("#requests .request")];
    if (!rows.length) return;
    const now = rows.findIndex((row) => row.contains(document.activeElement));
    const next = rows[now < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.max(0, Math.min(rows.length - 1, now + by))];
    next.querySelector("a, button")?.focus();
    next.scrollIntoView({ block: "nearest" });
  }
  // To my next or previous conversation, in the order of the list.
  function swap(by) {
    const mine = [...document.querySelectorAll("#requests [data-unread]")], now = mine.findIndex((row) => row.dataset.id === desk.dataset.request);
    const next = mine[now < 0 ? (by > 0 ? 0 : mine.length - 1) : (now + by + mine.length) % mine.length];
    if (next && next.dataset.id !== desk.dataset.request) next.querySelector("a")?.click();
  }
  function slash() { if (text) { text.focus(); text.value = "/"; offer(); } }
  const LETTERS = {
    "?": () => dialog.showModal(), j: () => step(1), k: () => step(-1), c: () => document.querySelector('#requests [data-status="waiting"] form button')?.click(),
    w: () => go("waiting"), m: () => go("mine"), a: () => go("all"), r: () => focus("text"), "/": slash, s: () => focus("place"), n: () => focus("note"),
    f: () => focus("find"), d: () => document.querySelector("#danger-noted:not([hidden]) button")?.click(), e: () => focus("outcome"),
  };

  document.addEventListener("keydown", (event) => {
    if (dialog.open || event.isComposing) return;
    const field = event.target.closest?.("input:not([type=checkbox]), textarea, select");
    const digit = /^Digit([1-5])$/.exec(event.code);
    if (event.altKey && !event.ctrlKey && !event.metaKey && digit) {
      const card = document.querySelector(`#search [data-card="${digit[1]}"]`);
      if (card) { event.preventDefault(); card.form.requestSubmit(card); }
      return;
    }
    if (event.altKey && !event.ctrlKey && !event.metaKey && (event.code === "KeyJ" || event.code === "KeyK")) {
      event.preventDefault();
      swap(event.code === "KeyJ" ? 1 : -1);
      return;
    }
    if (event.key === "Escape" && field && (!picker || picker.hidden)) { field.blur(); return; }
    if (field || event.ctrlKey || event.metaKey || event.altKey || !single.checked) return;
    const letter = LETTERS[event.key];
    if (letter) { event.preventDefault(); letter(); }
  });

  // --- ready-made replies: "/" and the beginning of a name, in an empty reply

  const replies = [...document.querySelectorAll("#canned [data-text]")].map((one) => ({ key: one.value, text: one.dataset.text }));
  let chosen = 0;

  function offer() {
    const typed = /^\/([a-z0-9-]*)$/i.exec(text.value);
    const found = typed ? replies.filter((one) => one.key.startsWith(typed[1].toLowerCase())).slice(0, 6) : [];
    picker.hidden = !typed;
    text.removeAttribute("aria-activedescendant");
    if (!typed) return;
    chosen = Math.max(0, Math.min(chosen, found.length - 1));
    picker.replaceChildren(...found.map((one, index) => {
      const item = document.createElement("li");
      Object.assign(item, { id: `canned-${one.key}`, textContent: `/${one.key}  ${one.text}` });
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", String(index === chosen));
      item.addEventListener("mousedown", (event) => { event.preventDefault(); insert(one); });
      return item;
    }));
    if (!found.length) picker.textContent = desk.dataset.cannedNone;
    else text.setAttribute("aria-activedescendant", `canned-${found[chosen].key}`);
  }
  function insert(one) {
    text.value = one.text;
    picker.hidden = true;
    text.removeAttribute("aria-activedescendant");
    text.dispatchEvent(new Event("input"));
    text.setSelectionRange(text.value.length, text.value.length);
  }

  if (text) {
    for (const [name, value] of Object.entries({ "aria-controls": "canned-list", "aria-autocomplete": "list" })) text.setAttribute(name, value);
    text.addEventListener("input", () => { chosen = 0; offer(); });
    text.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      const items = [...picker.querySelectorAll("li")];
      if (!picker.hidden && items.length) {
        if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); chosen = (chosen + (event.key === "ArrowDown" ? 1 : items.length - 1)) % items.length; offer(); return; }
        if (event.key === "Enter" || event.key === "Tab") { event.preventDefault(); const key = items[chosen].id.slice(7); insert(replies.find((one) => one.key === key)); return; }
      }
      if (!picker.hidden && event.key === "Escape") { event.stopPropagation(); picker.hidden = true; return; }
      if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); if (text.value.trim()) text.form.requestSubmit(); }
    });
  }
})();
