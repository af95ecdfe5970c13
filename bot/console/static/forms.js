// Sends forms and follows links without leaving the page, so that a failure loses nothing that was typed.
import {
  draftFailed, dropDraft, dropDraftsOf, dropSent, endSending, keepDrafts, nameOf, startSending,
} from "./drafts.js";
import { fetchPage, onPage, show, tell, tellTrouble } from "./page.js";

let asked = 0; // pages the advisor has asked to switch to
let switches = 0; // those that were shown

export function startForms() {
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("data-plain") || form.closest("header.bar")) return;
    event.preventDefault();
    if (form.getAttribute("aria-busy") === "true") return; // one click, one act
    startSending(form);
    const action = event.submitter?.formAction && event.submitter.hasAttribute("formaction")
      ? event.submitter.formAction : form.action;
    const from = {
      form, sent: form.dataset.compose ? form.elements.text.value : "", title: document.title,
      begun: document.body.dataset.begun, switches,
    };
    try {
      const fetched = await fetchPage(action, { body: new FormData(form), submitter: event.submitter });
      endSending(form);
      const refused = refusal(fetched);
      if (!refused && form.elements.do?.value === "erase") dropDraftsOf(form.getAttribute("action"));
      if (from.switches === switches) answeredHere(from, fetched);
      else answeredElsewhere(from, refused, fetched);
    } catch (error) {
      if (error.constructor.name !== "Trouble") throw error;
      const elsewhere = from.switches !== switches;
      tellTrouble(error, { sent: true, link: elsewhere ? { href: form.action, text: from.title, here: true } : null });
    } finally {
      endSending(form);
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
  keepDrafts();
  const mine = ++asked;
  try {
    const fetched = await fetchPage(href);
    if (mine !== asked) return; // a page asked for later may have come first: this one would take its place
    keepDrafts();
    show(fetched, options);
    switches += 1;
    document.getElementById("main").focus({ preventScroll: true });
  } catch (error) {
    if (error.constructor.name !== "Trouble") throw error;
    if (mine === asked) tellTrouble(error);
  }
}

/** Why a form was refused, in words; "" where it was not. */
function refusal(fetched) {
  return fetched.document.querySelector("#main [role=alert]")?.textContent.trim() ?? "";
}

/** The answer takes the place of the page. What was typed in its other forms stays, and whoever types goes on typing. */
function answeredHere({ form, sent }, fetched) {
  keepDrafts();
  const more = form.dataset.compose ? dropSent(form, sent) : "";
  dropDraft(form);
  const [open, place] = [openParts(), placeOfFocus(form)];
  show(fetched);
  open.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
  const again = form.dataset.compose && document.querySelector(`form[data-compose=${form.dataset.compose}] textarea`);
  if (again && more) {
    again.value += more;
    again.dispatchEvent(new Event("input", { bubbles: true }));
  }
  if (place) focusOn(place);
  else if (again) again.focus({ preventScroll: true });
  else if (!document.getElementById("refused")) document.getElementById("main").focus({ preventScroll: true });
}

/**
 * The advisor has switched to another page while the form was on its way. That page stays: what is typed there would
 * else go on in the conversation of somebody else. A refusal is told above it, and its text is a draft again.
 */
function answeredElsewhere({ form, sent, begun }, refused, fetched) {
  if (refused) {
    if (form.dataset.compose) draftFailed(form, sent, begun);
    tell(refused, { href: form.action, text: fetched.document.title, here: true });
  } else {
    if (form.dataset.compose) dropSent(form, sent);
    else dropDraft(form);
    document.dispatchEvent(new CustomEvent("console:look"));
  }
}

/** Sections that are open stay open in the next page, where it has them. */
function openParts() {
  return [...document.querySelectorAll("#main details[open][id]")].map((part) => part.id);
}

/** Where the advisor is typing or choosing, unless it is in the form that was sent: null. */
function placeOfFocus(form) {
  const active = document.activeElement;
  if (!active || active === document.body || (active.form && nameOf(active.form) === nameOf(form))) return null;
  const typing = active.matches("textarea");
  return {
    id: active.id, part: active.closest("details")?.id,
    range: typing ? [active.selectionStart, active.selectionEnd] : null,
  };
}

function focusOn({ id, part, range }) {
  const again = (id && document.getElementById(id)) || (part && document.getElementById(part)?.querySelector("summary"));
  (again || document.getElementById("main")).focus({ preventScroll: true });
  if (again && range) again.setSelectionRange(...range);
}

/** How far the last message is below what can be seen of the transcript; 0 where there is none, and much where the page
 * was scrolled on to what stands under the transcript. */
function below() {
  const box = document.getElementById("transcript-box");
  const last = box?.querySelector("#transcript > :last-child");
  if (!last) return 0;
  if (box.scrollHeight > box.clientHeight + 1) return box.scrollHeight - box.scrollTop - box.clientHeight;
  const reply = document.querySelector("form[data-compose=reply]"); // on a small screen it lies over the page
  const covered = reply && getComputedStyle(reply).position === "sticky";
  const bottom = last.getBoundingClientRect().bottom;
  return bottom < 0 ? Infinity : bottom - (covered ? reply.getBoundingClientRect().top : innerHeight);
}

/** Does the advisor see the last message? */
export function isAtEnd() {
  return below() < 60;
}

export function scrollToEnd() {
  const box = document.getElementById("transcript-box");
  if (!box) return;
  box.scrollTop = box.scrollHeight;
  if (box.scrollHeight > box.clientHeight + 1) return;
  box.querySelector("#transcript > :last-child")?.scrollIntoView({ block: "end" });
  const hidden = below();
  if (hidden > 0 && hidden < Infinity) scrollBy(0, hidden + 8);
}

/** When the box gets smaller, because findings appear under the reply, the last message stays in view. */
function stayAtEnd() {
  const box = document.getElementById("transcript-box");
  if (!box) return;
  let left = 0;
  box.addEventListener("scroll", () => { left = box.scrollHeight - box.scrollTop - box.clientHeight; }, { passive: true });
  new ResizeObserver(() => { if (left < 60) box.scrollTop = box.scrollHeight; }).observe(box);
}
