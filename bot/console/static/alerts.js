// Alerts for people who wait: a sound, a badge and a notification. Each is off until switched on; none has content.
import { onPage, word } from "./page.js";

const SOUND = "console.sound";
const NOTIFY = "console.notify";
let previous = null;
let title = "";

export function startAlerts() {
  onPage(() => {
    title = document.title;
    switches();
    update();
  });
  document.addEventListener("console:looked", update);
}

/** The two switches on the board. Stored in this browser until logging out clears them. */
function switches() {
  const place = document.getElementById("tools");
  if (!place || document.body.dataset.page !== "board" || place.children.length) return;
  place.append(toggle(SOUND, word("sound"), () => beep()));
  if ("Notification" in window) {
    place.append(toggle(NOTIFY, word("notify"), async () => (await Notification.requestPermission()) === "granted"));
  }
}

function toggle(name, label, turnOn) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.textContent = label;
  const paint = () => button.setAttribute("aria-pressed", String(localStorage.getItem(name) === "on"));
  button.addEventListener("click", async () => {
    if (localStorage.getItem(name) === "on") localStorage.removeItem(name);
    else if ((await turnOn()) !== false) localStorage.setItem(name, "on");
    paint();
  });
  paint();
  return button;
}

function update() {
  const count = Number(document.getElementById("waiting-count")?.dataset.waiting ?? 0);
  document.title = count ? `(${count}) ${title}` : title;
  if (count) navigator.setAppBadge?.(count).catch(() => {});
  else navigator.clearAppBadge?.().catch(() => {});
  if (previous !== null && count > previous) {
    if (localStorage.getItem(SOUND) === "on") beep();
    if (localStorage.getItem(NOTIFY) === "on" && document.hidden) new Notification(word("body"), { tag: "waiting" });
  }
  previous = count;
}

/** Two soft tones, synthesised: no file is fetched. */
function beep() {
  const audio = new AudioContext();
  for (const [start, pitch] of [[0, 523], [0.18, 659]]) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.12, audio.currentTime + start);
    volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + start + 0.16);
    tone.connect(volume).connect(audio.destination);
    tone.start(audio.currentTime + start);
    tone.stop(audio.currentTime + start + 0.17);
  }
  setTimeout(() => audio.close(), 600);
}
