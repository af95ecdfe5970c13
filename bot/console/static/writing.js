// Help while writing: reviews the text, inserts prepared texts, tells colleagues that somebody is typing.
import { startDrafts } from "./drafts.js";
import { typesIn } from "./live.js";

const PAUSE_MS = 400;
let timer = 0;

export function startWriting() {
  startDrafts();
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-compose]");
    if (!form) return;
    if (event.target.value) typesIn(document.body.dataset.contact);
    if (!form.hasAttribute("data-check")) return;
    clearTimeout(timer);
    timer = setTimeout(() => check(form), PAUSE_MS);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-insert]");
    if (!link) return;
    event.preventDefault();
    insert(link.dataset.insert);
  });
}

/** Insert a text at the cursor. It is never sent by itself. */
function insert(text) {
  const box = document.getElementById("text");
  if (!box) return;
  const before = box.value.slice(0, box.selectionStart);
  const space = before && !/\s$/.test(before) ? " " : "";
  box.setRangeText(space + text, box.selectionStart, box.selectionEnd, "end");
  box.focus();
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Ask the server to review the text before it is sent. */
function check(form) {
  const text = form.elements.text?.value;
  if (text === undefined) return; // a page came meanwhile that takes no text
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.responseType = "document";
  request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
  request.onload = () => {
    if (!form.isConnected || form.elements.text?.value !== text) return; // about another text than the one that is there
    const fresh = request.response?.getElementById("findings");
    const place = document.getElementById("findings");
    if (request.status === 200 && fresh && place && !place.isEqualNode(fresh)) {
      place.replaceChildren(...document.adoptNode(fresh).childNodes);
    }
  };
  const body = new FormData(form);
  body.append("do", "check");
  request.send(body);
}
