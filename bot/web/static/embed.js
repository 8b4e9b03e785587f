// Bonne Porte on a partner's page: <script src="https://…/static/embed.js" data-door="ma-porte" data-language="fr" async></script>
// A button at the bottom right opens the conversation in a frame. Nothing is asked of our server before the tap.
(function () {
  "use strict";
  var script = document.currentScript, origin = new URL(script.src).origin;
  var language = script.dataset.language || (/^en/i.test(document.documentElement.lang) ? "en" : "fr"), fr = language !== "en";
  var said = fr ? ["Besoin d’aide?", "Fermer", "Bonne Porte : conversation"] : ["Need help?", "Close", "Bonne Porte: conversation"];
  var box = null;

  function make(tag, css) {
    var node = document.createElement(tag);
    node.style.cssText = css;
    return node;
  }
  var button = make("button", "position:fixed;right:16px;bottom:16px;z-index:2147483646;min-height:48px;padding:12px 20px;border:2px solid #fff;" +
    "border-radius:999px;background:#12585a;color:#fff;font:600 16px/1.25 system-ui,sans-serif;cursor:pointer;box-shadow:0 4px 16px #0004");
  button.type = "button";
  button.textContent = said[0];
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", function () { if (box) close(); else open(); });

  function open() {
    box = make("iframe", "position:fixed;right:0;bottom:76px;z-index:2147483646;width:min(420px,100vw);height:min(680px,calc(100vh - 84px));" +
      "border:1px solid #7a8785;border-radius:14px;background:#f8f3ea;box-shadow:0 8px 32px #0005");
    box.title = said[2];
    box.referrerPolicy = "no-referrer";
    box.src = origin + "/embed?lang=" + (fr ? "fr" : "en") + (script.dataset.door ? "&door=" + encodeURIComponent(script.dataset.door) : "");
    document.body.insertBefore(box, button);
    button.textContent = said[1];
    button.setAttribute("aria-expanded", "true");
    box.focus();
  }
  function close() {
    box.remove();
    box = null;
    button.textContent = said[0];
    button.setAttribute("aria-expanded", "false");
    button.focus();
  }
  // The quick exit inside the frame: this page leaves too, for the address that our own frame names.
  addEventListener("message", function (told) {
    if (!box || told.origin !== origin || told.source !== box.contentWindow || !told.data || told.data.bonneporte !== "leave") return;
    box.remove();
    if (/^https:/.test(told.data.to)) location.replace(told.data.to);
  });
  function start() { document.body.appendChild(button); }
  if (document.body) start(); else addEventListener("DOMContentLoaded", start);
})();
