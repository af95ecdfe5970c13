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

/** A text that was sent from a page that is not shown any more has arrived; what was typed after it stays. */
export function dropSent(form, sent) {
  if (drafts.get(key(form)) === sent) drafts.delete(key(form));
  document.querySelectorAll("form[data-compose]").forEach((open) => {
    const box = open.querySelector("textarea");
    if (key(open) === key(form) && box.value === sent) box.value = "";
  });
}

/** A text that was sent from a page that is not shown any more was refused: it is a draft again. */
export function draftFailed(form, sent) {
  if (!drafts.has(key(form))) drafts.set(key(form), sent);
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

