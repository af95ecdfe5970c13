// Drafts, by conversation and form. In memory only: nothing typed is stored in the browser.
import { onPage } from "./page.js";

const drafts = new Map();

function key(form) {
  return `${form.getAttribute("action")} ${form.dataset.compose}`;
}

/** Keep the draft of a form. */
export function keepDraft(form) {
  const text = form.querySelector("textarea").value;
  if (text) drafts.set(key(form), text);
  else drafts.delete(key(form));
}

/** Drop the draft of a form that was sent. */
export function dropDraft(form) {
  drafts.delete(key(form));
}

/** Drop the drafts of all forms that post to this address. */
export function dropDraftsOf(action) {
  for (const name of drafts.keys()) if (name.startsWith(`${action} `)) drafts.delete(name);
}

/** Is anything typed and not sent? */
export function anyDraft() {
  document.querySelectorAll("form[data-compose]").forEach(keepDraft);
  return drafts.size > 0;
}

export function startDrafts() {
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-compose]");
    if (form) keepDraft(form);
  });
  onPage(() => {
    document.querySelectorAll("form[data-compose]").forEach((form) => {
      const text = drafts.get(key(form));
      const box = form.querySelector("textarea");
      if (text && !box.value) {
        box.value = text;
        box.dispatchEvent(new Event("input", { bubbles: true }));
        form.closest("details")?.setAttribute("open", "");
      }
    });
  });
  window.addEventListener("beforeunload", (event) => {
    if (anyDraft()) event.preventDefault(); // the browser asks whether to leave
  });
}

