// The desk's sounds, made here: no file to fetch. Danger has its own, lower and longer, again until somebody notes it.
"use strict";
window.deskSounds = (() => {
  const box = document.getElementById("sound");
  const blocked = document.getElementById("sound-blocked");
  let speaker = null;

  // A browser holds sounds back until somebody clicks or types in the page: said, rather than played late.
  async function notes(pitches, length, volume) {
    if (!box?.checked) return;
    speaker ??= new AudioContext();
    await Promise.race([speaker.resume(), new Promise((done) => { setTimeout(done, 300); })]);
    blocked.hidden = speaker.state === "running";
    if (!blocked.hidden) return;
    pitches.forEach((pitch, index) => {
      const note = speaker.createOscillator(), gain = speaker.createGain();
      const start = speaker.currentTime + index * (length + 0.02);
      note.frequency.value = pitch;
      gain.gain.setValueAtTime(volume, start);
      gain.gain.exponentialRampToValueAtTime(0.001, start + length);
      note.connect(gain).connect(speaker.destination);
      note.start(start);
      note.stop(start + length + 0.01);
    });
    document.documentElement.dataset.rang = String(Number(document.documentElement.dataset.rang || 0) + 1);
  }
  const ring = () => notes([660, 880], 0.16, 0.15);
  const message = () => notes([740], 0.12, 0.1);
  const alarm = () => notes([330, 262, 330, 262], 0.35, 0.3);

  if (box) {
    box.checked = localStorage.getItem("desk-sound") !== "off";
    box.addEventListener("change", () => { localStorage.setItem("desk-sound", box.checked ? "on" : "off"); ring(); });
  }
  return { ring, message, alarm };
})();
