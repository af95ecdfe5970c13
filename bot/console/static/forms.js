// Sends forms and follows links without leaving the page, so that a failure loses nothing that was typed.
import { draftFailed, dropDraft, dropSent, keepDraft } from "./drafts.js";
import { fetchPage, onPage, show, tell, tellTrouble } from "./page.js";

let asked = 0; // pages the advisor has asked to switch to
let switches = 0; // those that were shown

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
    const before = switches;
    try {
      const fetched = await fetchPage(action, { body: new FormData(form), submitter: event.submitter });
      if (switches !== before) {
        answeredElsewhere(form, sent, fetched);
        return;
      }
      const [more, open] = [box ? typedSince(box.value, sent) : "", openParts()];
      const stays = form.contains(document.activeElement) || document.activeElement === document.body;
      if (form.dataset.compose) dropDraft(form);
      keepOthers(form);
      show(fetched);
      open.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
      focusAfter(form, more, stays);
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
  onPage(scrollToEnd);
  onPage(stayAtEnd);
}

/** Show another page of the console in this window; drafts are kept. */
export async function go(href, options = {}) {
  document.querySelectorAll("form[data-compose]").forEach(keepDraft);
  const mine = ++asked;
  try {
    const fetched = await fetchPage(href);
    if (mine !== asked) return; // a page asked for later may have come first: this one would take its place
    document.querySelectorAll("form[data-compose]").forEach(keepDraft);
    show(fetched, options);
    switches += 1;
    document.getElementById("main").focus({ preventScroll: true });
  } catch (error) {
    if (error.constructor.name !== "Trouble") throw error;
    if (mine === asked) tellTrouble(error);
  }
}

/**
 * The advisor has switched to another page while the form was on its way. That page stays: what is typed there would
 * else go on in the conversation of somebody else. A refusal is told above it, and its text is a draft again.
 */
function answeredElsewhere(form, sent, fetched) {
  const why = fetched.document.querySelector("#main [role=alert]")?.textContent.trim();
  if (why) {
    if (form.dataset.compose) draftFailed(form, sent);
    tell(why, { href: form.action, text: fetched.document.title, here: true });
  } else {
    if (form.dataset.compose) dropSent(form, sent);
    document.dispatchEvent(new CustomEvent("console:look"));
  }
}

/** Sending a reply must not lose a half-written note, nor the other way round. */
function keepOthers(sent) {
  document.querySelectorAll("form[data-compose]").forEach((form) => {
    if (form !== sent) keepDraft(form);
  });
}

/** What was typed while the message was on its way: the beginning of the next one. */
function typedSince(now, sent) {
  return now.startsWith(sent) ? now.slice(sent.length) : now;
}

/** Sections that are open stay open in the next page, where it has them. */
function openParts() {
  return [...document.querySelectorAll("#main details[open][id]")].map((part) => part.id);
}

/** Back to writing, unless the advisor has gone on to something else while the message was on its way. */
function focusAfter(form, more, stays) {
  const again = form.dataset.compose && document.querySelector(`form[data-compose=${form.dataset.compose}] textarea`);
  const refused = document.getElementById("refused");
  if (again && more) {
    again.value += more;
    again.dispatchEvent(new Event("input", { bubbles: true }));
  }
  if (again && !stays) return;
  if (again) again.focus({ preventScroll: true });
  else if (!refused) document.getElementById("main").focus({ preventScroll: true });
}

function scrollToEnd() {
  const box = document.getElementById("transcript-box");
  if (!box) return;
  box.scrollTop = box.scrollHeight;
  if (box.scrollHeight === box.clientHeight) box.querySelector("#transcript > :last-child")?.scrollIntoView({ block: "end" });
}

/** When the box gets smaller, because findings appear under the reply, the last message stays in view. */
function stayAtEnd() {
  const box = document.getElementById("transcript-box");
  if (!box) return;
  let left = 0;
  box.addEventListener("scroll", () => { left = box.scrollHeight - box.scrollTop - box.clientHeight; }, { passive: true });
  new ResizeObserver(() => { if (left < 60) box.scrollTop = box.scrollHeight; }).observe(box);
}
