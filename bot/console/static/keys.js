// Keyboard shortcuts. Single letters can be switched off in the help that `?` shows.
import { go } from "./forms.js";
import { onPage } from "./page.js";

const OFF = "console.keys";

const PAUSE_MS = 1000;

let typed = 0; // when a text was last typed in, unless the advisor has left it since

export function startKeys() {
  onPage(() => document.querySelectorAll("[data-keys]").forEach((button) => { button.hidden = false; }));
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    // A page that is replaced takes the text field along. What is typed on is no shortcut, which could lead to somebody
    // else.
    const goesOn = !typing && Date.now() - typed < PAUSE_MS;
    if (typing || goesOn) typed = ["Escape", "Tab"].includes(event.key) ? 0 : Date.now();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form) {
      event.preventDefault();
      event.target.form.requestSubmit();
    } else if (event.key === "Escape" && typing) {
      event.target.blur();
      document.getElementById("main").focus({ preventScroll: true });
    } else if (!typing && !event.ctrlKey && !event.metaKey && !event.altKey && !goesOn && on() && press(event.key)) {
      event.preventDefault();
    }
  });
  document.addEventListener("pointerdown", () => { typed = 0; });
  document.addEventListener("change", (event) => {
    if (event.target.id !== "keys-on") return;
    if (event.target.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "off");
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keys]")) help();
  });
}

function on() {
  return localStorage.getItem(OFF) !== "off";
}

function help() {
  const dialog = document.getElementById("keys");
  dialog.querySelector("#keys-on").checked = on();
  dialog.showModal();
}

/** Run the shortcut of a key; returns whether there is one here. */
function press(key) {
  if (document.querySelector("dialog[open]")) return false;
  if (key === "?") {
    help();
    return true;
  }
  if (/^[1-9]$/.test(key)) return follow(document.querySelectorAll("#own-list a")[Number(key) - 1]);
  switch (key) {
    case "b": return follow(document.querySelector("header.bar nav a"));
    case "n": return click(document.querySelector("[data-take]"));
    case "a": return focus(document.getElementById("text"));
    case "o": return focus(open("note-box")?.querySelector("textarea"));
    case "s": return focus(open("quick-texts")?.querySelector("a, button"));
    default: return false;
  }
}

function follow(link) {
  if (!link) return false;
  go(link.href);
  return true;
}

function click(button) {
  button?.click();
  return Boolean(button);
}

function focus(node) {
  node?.focus();
  return Boolean(node);
}

function open(id) {
  const details = document.getElementById(id);
  details?.setAttribute("open", "");
  return details;
}
