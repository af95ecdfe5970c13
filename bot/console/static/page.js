// Fetches pages of the console and merges them into the open page.

/** Why a page could not be fetched: "gone" (no connection), "out" (logged out), "failed" (anything else). */
export class Trouble extends Error {}

/**
 * Fetch a page. Returns {document, url}. Throws Trouble. `body` is FormData to post. `background` means that nobody
 * asked for it, so it does not postpone the lock.
 * XMLHttpRequest, because it gives a document without turning text into HTML by script.
 */
export function fetchPage(url, { body = null, submitter = null, background = false } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(body ? "POST" : "GET", url);
    request.responseType = "document";
    request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
    if (background) request.setRequestHeader("X-Background", "1");
    request.timeout = 15000;
    if (submitter?.name) body.append(submitter.name, submitter.value);
    request.onload = () => {
      const found = request.response;
      if (request.status === 401 || (found && !found.body?.dataset.page && found.querySelector("[data-login]"))) {
        reject(new Trouble("out"));
      } else if (!found?.body?.dataset.page || "failed" in found.body.dataset) {
        reject(new Trouble("failed"));
      } else {
        // A fetched document is parsed as if there were no scripts: what stands in <noscript> would come alive here,
        // such as the frame whose beats no person causes.
        found.querySelectorAll("noscript").forEach((part) => part.remove());
        resolve({ document: found, url: request.responseURL });
      }
    };
    request.onerror = request.ontimeout = () => reject(new Trouble("gone"));
    request.send(body);
  });
}

/** A text in the language of the page, by name, such as "gone". */
export function word(name) {
  return document.getElementById("tools")?.dataset[name] ?? "";
}

/**
 * Show a problem above the page; "" hides it. `link` leads to where it can be solved: in a new window, or `here`. That
 * one, and one that `stays`, are told until another page is shown.
 */
export function tell(text, link = null, stays = Boolean(link?.here)) {
  const place = document.getElementById("trouble");
  place.toggleAttribute("data-stays", Boolean(text) && stays);
  const same = place.firstChild?.textContent === text;
  if (!text) {
    place.hidden = true;
    place.replaceChildren();
  } else if (!same || place.hidden) {
    place.replaceChildren(document.createTextNode(text));
    if (link) {
      const anchor = document.createElement("a");
      Object.assign(anchor, { href: link.href, textContent: link.text });
      if (link.here) anchor.dataset.switch = "";
      else Object.assign(anchor, { target: "_blank", rel: "noopener" });
      place.append(" ", anchor);
    }
    place.hidden = false;
  }
}

/** The connection is there again. What became of a form is not known by that. */
export function tellSolved() {
  if (!document.querySelector("#trouble[data-stays]")) tell("");
}

/** Show why a page could not be fetched. `sent`: it was the answer to a form, so nobody knows whether that was done. */
export function tellTrouble(error, { sent = false, link = null } = {}) {
  if (error.message === "out") {
    document.body.dataset.out = "";
    withdraw("body");
    tell(word("loggedOut"), { href: "/console/", text: word("login") });
  } else if (sent) tell(word("failed"), link, true);
  else if (!document.querySelector("#trouble[data-stays]")) tell(word("gone"));
}

/** Take what was read off the screen; what is typed stays. The next page that may be seen fills it again. */
export function withdraw(where) {
  for (const part of document.querySelectorAll(`:is(${where}) [data-live]`)) {
    part.replaceChildren(...part.querySelectorAll("#name"));
  }
}

/** Update every live part of the open page from `fresh`. What is typed, open or focused stays. */
export function refresh(fresh) {
  for (const part of document.querySelectorAll("[data-live]")) {
    const newer = fresh.getElementById(part.id);
    if (newer) merge(part, document.adoptNode(newer));
  }
  document.body.dataset.since = fresh.body.dataset.since;
  delete document.body.dataset.out;
  renewToken(fresh);
}

/** After a new login open forms need its token, or what is typed in them could not be sent. */
function renewToken(fresh) {
  const token = fresh.querySelector("meta[name=csrf]").content;
  document.querySelector("meta[name=csrf]").content = token;
  document.querySelectorAll("input[name=csrf_token]").forEach((field) => { field.value = token; });
}

/** Make `old` equal to `newer`, changing only what differs, so that focus and screen readers are not disturbed. */
export function merge(old, newer) {
  if (old.isEqualNode(newer)) return;
  const children = [...newer.children];
  const keyed = children.length > 0 && children.every((child) => child.id) && onlyElements(old) && onlyElements(newer);
  if (!keyed) {
    const chosen = [...old.querySelectorAll("select[id]")].map(({ id, value }) => [id, value]);
    if (old.contains(document.activeElement)) focusKept(old, newer);
    else old.replaceChildren(...newer.childNodes);
    for (const [id, value] of chosen) choose(document.getElementById(id), value);
  } else {
    const known = new Map([...old.children].map((child) => [child.id, child]));
    let place = null;
    for (const child of children) {
      const there = known.get(child.id);
      known.delete(child.id);
      if (there) merge(there, child);
      const node = there ?? child;
      const next = place ? place.nextSibling : old.firstChild;
      if (node !== next) old.insertBefore(node, next);
      place = node;
    }
    known.forEach((gone) => gone.remove());
  }
  for (const { name } of [...old.attributes]) if (!newer.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of [...newer.attributes]) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
}

function onlyElements(node) {
  return [...node.childNodes].every((child) => child.nodeType === Node.ELEMENT_NODE || !child.textContent.trim());
}

/** Choose what was chosen before, where that is still offered. */
function choose(select, value) {
  if ([...(select?.options ?? [])].some((option) => option.value === value)) select.value = value;
}

/** Replace the contents and put the focus back on the link or button that is the same as before. */
function focusKept(old, newer) {
  const active = document.activeElement;
  const same = (node) => node.tagName === active.tagName && node.id === active.id
    && (node.id || node.textContent === active.textContent) && node.getAttribute("href") === active.getAttribute("href");
  old.replaceChildren(...newer.childNodes);
  const again = [...old.querySelectorAll("a, button, summary, select")].find(same);
  (again ?? document.getElementById("main")).focus({ preventScroll: true });
}

const whenChanged = [];

/** Call `act` whenever another page stands in this window. */
export function onPage(act) {
  whenChanged.push(act);
  act();
}

/** Replace the open page by a fetched one, as a browser would, without losing the connection. */
export function show(fetched, { push = true } = {}) {
  if (push && fetched.url !== location.href) history.pushState(null, "", fetched.url);
  const body = document.adoptNode(fetched.document.body);
  document.title = fetched.document.title;
  for (const name of Object.keys(document.body.dataset)) delete document.body.dataset[name];
  Object.assign(document.body.dataset, body.dataset);
  document.body.className = body.className;
  document.querySelector("meta[name=csrf]").content = fetched.document.querySelector("meta[name=csrf]").content;
  document.querySelector("header.bar")?.replaceWith(body.querySelector("header.bar") ?? "");
  document.getElementById("main").replaceWith(body.querySelector("#main"));
  tell("");
  whenChanged.forEach((act) => act());
}
