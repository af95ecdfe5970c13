// What is typed and not sent, by conversation and form. In memory only: nothing typed is stored in the browser.
import { onPage } from "./page.js";

const drafts = new Map(); // name of a form -> {values, act, begun}
const onTheWay = new Set(); // names of forms that were sent and have no answer yet

/** The same for a form of a conversation on every page that has it. */
export function nameOf(form) {
  return `${form.getAttribute("action")} ${form.elements.do?.value}`;
}

/** Is it a form of a conversation? Those name what they do, and have an id for doing it once. */
function isAct(form) {
  return Boolean(form?.elements.act && form.elements.do);
}

/** Those of the conversation on the screen. */
function actForms() {
  return [...document.querySelectorAll("#main form")].filter(isAct);
}

/** Keep what is typed and chosen in a form, with the id of its act: sent again with the same text it acts once. */
function keepDraft(form) {
  const values = {};
  for (const field of form.elements) {
    if (!field.name || ["hidden", "submit", "button", "password"].includes(field.type)) continue;
    const own = field.type === "radio" ? field.checked && !field.defaultChecked
      : field.type === "select-one" ? field.selectedIndex > 0 : field.value;
    if (own) values[field.name] = field.value;
  }
  if (Object.keys(values).length) {
    drafts.set(nameOf(form), { values, act: form.elements.act.value, begun: document.body.dataset.begun });
  } else drafts.delete(nameOf(form));
}

/** Keep everything that is typed on the screen. */
export function keepDrafts() {
  actForms().forEach(keepDraft);
}

/** A form was sent: until it has its answer, it is not sent once more, whatever page shows it. */
export function startSending(form) {
  form.setAttribute("aria-busy", "true");
  if (isAct(form)) onTheWay.add(nameOf(form));
}

export function endSending(form) {
  onTheWay.delete(nameOf(form));
  [form, ...actForms().filter((open) => nameOf(open) === nameOf(form))].forEach((each) => each.removeAttribute("aria-busy"));
}

/**
 * A text has arrived, or was refused and stands in the answer. Its draft goes, from the screen too; what was typed after
 * it stays, as the beginning of the next message, and is returned.
 */
export function dropSent(form, sent) {
  const name = nameOf(form);
  const open = actForms().find((each) => nameOf(each) === name);
  const now = open?.elements.text?.value ?? drafts.get(name)?.values.text ?? "";
  const more = now.startsWith(sent) ? now.slice(sent.length) : now;
  if (open?.elements.text) {
    open.elements.text.value = more;
    open.elements.act.value = newAct(); // the same words once more are another message
    keepDraft(open);
  } else if (more) {
    drafts.set(name, { ...drafts.get(name), values: { text: more }, act: newAct() });
  } else drafts.delete(name);
  return more;
}

/** Drop the draft of a form. */
export function dropDraft(form) {
  drafts.delete(nameOf(form));
}

/** A text that was sent from a page that is not shown any more was refused: it is a draft again. */
export function draftFailed(form, sent, begun) {
  if (sent && !drafts.has(nameOf(form))) drafts.set(nameOf(form), { values: { text: sent }, act: newAct(), begun });
}

/** Drop the drafts of all forms that post to this address. */
export function dropDraftsOf(action) {
  for (const name of drafts.keys()) if (name.startsWith(`${action} `)) drafts.delete(name);
}

/** Is anything typed and not sent? */
function anyDraft() {
  keepDrafts();
  return drafts.size > 0;
}

export function startDrafts() {
  document.addEventListener("input", (event) => {
    if (isAct(event.target.form)) keepDraft(event.target.form);
  });
  onPage(() => actForms().forEach((form) => {
    const name = nameOf(form);
    if (onTheWay.has(name)) form.setAttribute("aria-busy", "true");
    if (drafts.has(name)) fill(form, drafts.get(name));
  }));
  window.addEventListener("beforeunload", (event) => {
    if (anyDraft()) event.preventDefault(); // the browser asks whether to leave
  });
}

function fill(form, draft) {
  if (draft.begun !== document.body.dataset.begun) {
    dropDraft(form); // about a conversation that was erased, or is over; this is another one
    return;
  }
  let filled = false;
  for (const [name, value] of Object.entries(draft.values)) {
    const field = form.elements[name];
    if (!field || (field.type !== "select-one" && !(field instanceof RadioNodeList) && field.value)) continue;
    const before = field.value;
    field.value = value;
    if (field.value) filled = true;
    else field.value = before; // a choice that is not offered any more
  }
  if (!filled) return;
  form.elements.act.value = draft.act;
  form.closest("details")?.setAttribute("open", "");
  form.elements.text?.dispatchEvent(new Event("input", { bubbles: true }));
}

function newAct() {
  return [...crypto.getRandomValues(new Uint8Array(9))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
