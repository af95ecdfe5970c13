// Sends forms without leaving the page, so that a failure loses nothing that was typed; switches conversations in place.
import { keepDraft, takeDraft } from "./drafts.js";
import { fetchPage, onPage, show, tellTrouble } from "./page.js";

export function startForms() {
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("data-plain") || form.closest("header.bar")) return;
    event.preventDefault();
    if (form.getAttribute("aria-busy") === "true") return; // one click, one act
    form.setAttribute("aria-busy", "true");
    const action = event.submitter?.formAction && event.submitter.hasAttribute("formaction")
      ? event.submitter.formAction : form.action;
    const box = form.dataset.compose ? form.querySelector("textarea") : null;
    const sent = box?.value ?? "";
    try {
      const fetched = await fetchPage(action, { body: new FormData(form), submitter: event.submitter });
      const [more, open] = [box ? typedSince(box.value, sent) : "", openParts()];
      if (form.dataset.compose) takeDraft(form);
      keepOthers(form);
      show(fetched);
      open.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
      focusAfter(form, more);
    } catch (error) {
      if (error.constructor.name !== "Trouble") throw error;
      tellTrouble(error);
    } finally {
      form.removeAttribute("aria-busy");
    }
  });

  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-switch]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    go(link.href);
  });

  window.addEventListener("popstate", () => go(location.href, { push: false }));
  onPage(toTheEnd);
  onPage(stayAtTheEnd);
}

/** Go to another page of the console in this window, with what is typed kept. */
export async function go(href, options = {}) {
  document.querySelectorAll("form[data-compose]").forEach(keepDraft);
  try {
    show(await fetchPage(href), options);
    document.getElementById("main").focus({ preventScroll: true });
  } catch (error) {
    if (error.constructor.name !== "Trouble") throw error;
    tellTrouble(error);
  }
}

/** A reply that is sent must not take a note with it that is half written, nor the other way round. */
function keepOthers(sent) {
  document.querySelectorAll("form[data-compose]").forEach((form) => {
    if (form !== sent) keepDraft(form);
  });
}

/** What she typed while her message was on its way: the beginning of the next one. */
function typedSince(now, sent) {
  return now.startsWith(sent) ? now.slice(sent.length) : now;
}

/** The parts she has opened stay open in the page that comes, where it has them. */
function openParts() {
  return [...document.querySelectorAll("#main details[open][id]")].map((part) => part.id);
}

function focusAfter(form, more) {
  const again = form.dataset.compose && document.querySelector(`form[data-compose=${form.dataset.compose}] textarea`);
  const refused = document.getElementById("refused");
  if (again && more) {
    again.value += more;
    again.dispatchEvent(new Event("input", { bubbles: true }));
  }
  if (again) again.focus({ preventScroll: true });
  else if (!refused) document.getElementById("main").focus({ preventScroll: true });
}

function toTheEnd() {
  const box = document.getElementById("transcript-box");
  if (!box) return;
  box.scrollTop = box.scrollHeight;
  if (box.scrollHeight === box.clientHeight) box.querySelector("#transcript > :last-child")?.scrollIntoView({ block: "end" });
}

/** When the box gets smaller, because something to look at stands under the answer, the last words stay in sight. */
function stayAtTheEnd() {
  const box = document.getElementById("transcript-box");
  if (!box) return;
  let left = 0;
  box.addEventListener("scroll", () => { left = box.scrollHeight - box.scrollTop - box.clientHeight; }, { passive: true });
  new ResizeObserver(() => { if (left < 60) box.scrollTop = box.scrollHeight; }).observe(box);
}
