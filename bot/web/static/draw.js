// How messages, lines and cards look: the same as templates/_message.html and display.py, which say why; used by chat.js.
window.bonnePorte = (function () {
  "use strict";
  var texts = JSON.parse(document.getElementById("words").dataset.words);

  function t(to, name, values) {
    return texts[to][name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
  }
  function el(tag, attributes) {
    var node = document.createElement(tag);
    Object.keys(attributes || {}).forEach(name => { if (attributes[name] != null) node.setAttribute(name, attributes[name]); });
    for (var i = 2; i < arguments.length; i++) if (arguments[i] != null) node.append(arguments[i]);
    return node;
  }
  function web(url) { return /^https?:\/\//i.test(url || "") ? url : null; }
  function phrases(value) { return value ? [].concat(value) : []; }
  function away(href, label) { return el("a", { href: href, target: "_blank", rel: "noopener noreferrer" }, label); }

  // How fields read: the same as bot/web/display.py, which says why.
  function dial(phone) {
    var form = /[,;]?\s*(?:poste|ext\.?|extension|option|#)\s*(\d+).*$/i, extension = form.exec(phone);
    var digits = phone.replace(form, "").replace(/\D/g, "");
    if (digits.length === 10) digits = "+1" + digits;
    else if (digits.length === 11 && digits[0] === "1") digits = "+" + digits;
    return digits && "tel:" + digits + (extension && digits.length > 3 ? ";ext=" + extension[1] : "");
  }
  function named(to, code) { return texts[to]["languages." + code] || code; }

  // Drawing: the same as templates/_message.html.
  function lines(to, helplines) {
    var list = el("ul", { class: "lines", role: "list" });
    helplines.forEach(line => {
      var link = el("a", { class: "button line", href: line.dial || web(line.url) || "" },
        el("span", { class: "name" }, line.name), " ", el("strong", {}, t(to, "line." + line.kind) + " ", el("span", { class: "number" }, line.display)));
      if (!line.dial) { link.target = "_blank"; link.rel = "noopener noreferrer"; }
      if (line.hours) link.append(" ", el("small", {}, line.hours));
      list.append(el("li", {}, link));
    });
    return list;
  }
  function card(to, one) {
    var box = el("li", { class: "card service" }, el("h2", {}, one.name)), badges = el("p", { class: "badges" }), facts = el("dl"), small;
    var badge = (kind, text) => { if (text) badges.append(el("span", { class: "badge" + kind }, text), " "); };
    var fact = (name, value) => { if (value) facts.append(el("div", {}, el("dt", {}, t(to, "card." + name)), el("dd", {}, value))); };
    if (one.organization && one.organization !== one.name) box.append(el("p", { class: "organization" }, one.organization));
    if (one.open_now === true) badge(" ok", t(to, "card.open"));
    if (one.open_now === false) badge(" late", t(to, "card.closed"));
    box.append(badges);
    if (one.description) box.append(el("p", {}, one.description));
    if (phrases(one.why).length) {
      var why = el("ul", { class: "why", "aria-label": t(to, "card.why") });
      phrases(one.why).forEach(phrase => { why.append(el("li", {}, phrase)); });
      box.append(why);
    }
    phrases(one.cautions).forEach(phrase => {
      box.append(el("p", { class: "caution" }, el("strong", {}, t(to, "card.caution")), " ", phrase));
    });
    var number = one.phone && (one.phone_dial || dial(one.phone));
    if (one.phone && !number) box.append(el("p", {}, one.phone));
    else if (one.phone) box.append(el("p", {}, el("a", { class: "button call", href: number }, el("span", {}, t(to, "card.call") + " ", el("span", { class: "number" }, one.phone)))));
    var where = [one.address, one.municipality, one.postal_code].filter(Boolean).join(", ");
    if (where) {
      where = el("p", { class: "address" }, where);
      if (web(one.map_url)) where.append(" ", away(one.map_url, t(to, "card.map")));
      box.append(where);
    }
    fact("hours", phrases(one.hours).join("\n")); fact("cost", one.cost); fact("eligibility", one.eligibility); fact("bring", one.bring);
    fact("languages", (one.languages || []).map(code => named(to, code)).join(", "));
    fact("accessibility", one.accessibility);
    small = el("p", { class: "small" });
    if (web(one.url)) small.append(away(one.url, t(to, "card.website")), " ");
    small.append(el("span", {}, one.verified_on ? t(to, "card.verified", { date: one.verified_on }) : t(to, "card.unverified")));
    if (one.source) small.append(" ", el("span", {}, t(to, "card.source", { source: one.source })));
    small.append(" ", el("button", { class: "button quiet", form: "chat", name: "choice", value: "report:" + one.id, "aria-label": t(to, "card.report_this", { name: one.name }) }, t(to, "card.report")));
    box.append(facts, small);
    return box;
  }
  function draw(one) {
    var to = one.language, who = one.kind === "crisis" ? "crisis" : one.from;
    var box = el("article", { class: "message " + one.from + " " + one.kind, lang: to, "data-seq": one.seq, tabindex: "-1" },
      el("p", { class: "who" }, t(to, "who." + who)));
    if (one.text) box.append(el("p", { class: "said" }, one.text));
    if (one.helplines && one.helplines.length) box.append(lines(to, one.helplines));
    if (one.services && one.services.length) {
      var list = el("ul", { class: "cards", role: "list", "aria-label": t(to, "card.list") });
      one.services.forEach(service => { list.append(card(to, service)); });
      box.append(list);
    }
    if (one.choices && one.choices.length) {
      var group = el("div", { class: "choices", role: "group", "aria-label": t(to, "conversation.choices") });
      one.choices.forEach(choice => {
        group.append(el("button", { class: "button choice", form: "chat", name: "choice", value: choice.choice }, choice.label), " ");
      });
      box.append(group);
    }
    return box;
  }

  return { t: t, el: el, draw: draw };
})();
