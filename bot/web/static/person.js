// The residents' page while a person is awaited or there; asked for by chat.js only then, so that the first page stays small.
window.bonnePorte.person = function (page) {
  "use strict";
  var t = window.bonnePorte.t, el = window.bonnePorte.el, read = 0, typed = 0;

  // What goes beside the status: the place in line; whether the person types, or has read the last message.
  function aside(name) {
    var now = page.now(), beside = now.beside, words = document.getElementById("keep").dataset;
    if (name === "waiting" && beside.ahead != null) return " " + (beside.ahead ? t(now.language, "status.ahead", beside) : words.first);
    if (name !== "navigator") return "";
    var said = [].slice.call(page.log.querySelectorAll("article.resident[data-seq]")).pop();
    return beside.typing ? " " + words.type : said && beside.seen >= +said.dataset.seq ? " " + words.read : "";
  }
  // The person who answers is told what is read here and that something is being typed: never what.
  function present(typing) {
    var now = page.now();
    if (now.status !== "navigator" || document.hidden || (!typing && now.last <= read)) return;
    read = now.last;
    page.call("POST", page.path("/presence"), { seen: read, typing: !!typing }).catch(() => { read = 0; });
  }
  function typing() {
    if (Date.now() - typed > 3000) { typed = Date.now(); present(true); }
  }
  // A link to come back by. Its key stays behind "#": no server is ever sent it.
  function keep(button) {
    var mine = page.now().mine, link = location.origin + "/#" + mine.id + "." + mine.token, shown = document.getElementById("kept"), said = button.dataset;
    if (shown) shown.remove();
    shown = el("p", { class: "notice", id: "kept", role: "status" }, said.what + " ", el("input", { readonly: "", value: link, "aria-label": button.textContent }));
    page.form.parentNode.insertBefore(shown, page.form);
    shown.lastChild.select();
    if (navigator.clipboard) navigator.clipboard.writeText(link).then(() => { shown.prepend(said.copied + " "); }).catch(() => {});
  }
  return { aside: aside, present: present, typing: typing, keep: keep };
};
