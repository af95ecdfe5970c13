// Keeps the open page up to date: fetches it again on news from the server, or every few seconds without a stream.
import { dropDraftsOf } from "./drafts.js";
import { isAtEnd, scrollToEnd } from "./forms.js";
import { fetchPage, onPage, refresh, show, tell, tellSolved, tellTrouble, withdraw, word } from "./page.js";

const BEAT_MS = 20_000;
const POLL_MS = 10_000;
const CLOCK_MS = 30_000; // waiting times change without news
const GAP_MS = 400; // merges news that come together

let stream = null;
let looking = false;
let again = false;
let lastLook = Date.now();
let reached = true;

export function startLive() {
  connect();
  beat();
  setInterval(beat, BEAT_MS);
  setInterval(() => {
    const polling = !stream || stream.readyState === EventSource.CLOSED;
    if (polling || !reached) connect();
    if (Date.now() - lastLook > (polling || !reached ? POLL_MS : CLOCK_MS) - 1000) look();
  }, 5_000);
  window.addEventListener("online", () => { connect(); look(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
  document.addEventListener("console:look", look);
}

function connect() {
  if (stream && stream.readyState !== EventSource.CLOSED) return;
  if (!("EventSource" in window)) return;
  stream = new EventSource(`${document.body.dataset.events}?after=${encodeURIComponent(document.body.dataset.since)}`);
  stream.addEventListener("news", look);
  stream.addEventListener("here", () => { if (!reached) look(); });
  stream.addEventListener("error", () => { setTimeout(look, GAP_MS); });
}

/** Fetch this page, or else its frame, again and apply what has changed. */
async function look() {
  if (looking) {
    again = true;
    return;
  }
  looking = true;
  const contact = document.body.dataset.contact;
  const page = document.body.dataset.page;
  try {
    const fetched = await fetchPage(document.body.dataset.look, { background: true });
    lastLook = Date.now();
    reached = true;
    if (document.body.dataset.contact === contact && document.body.dataset.page === page) take(fetched);
  } catch (error) {
    if (error.constructor.name !== "Trouble") throw error;
    reached = false;
    lastLook = Date.now();
    tellTrouble(error);
  }
  await new Promise((done) => setTimeout(done, GAP_MS));
  looking = false;
  if (again) {
    again = false;
    look();
  }
}

function take(fetched) {
  const atEnd = isAtEnd();
  const [fresh, open] = [fetched.document.body.dataset, document.body.dataset];
  const same = fresh.page === "news" || (fresh.page === open.page && fresh.mode === open.mode);
  const erased = "gone" in fresh || (same && fresh.begun !== open.begun && fresh.page !== "news");
  const typing = [...document.querySelectorAll("#main form textarea")].some((text) => text.value);
  if (erased) dropDraftsOf(new URL(fresh.look, location.href).pathname); // not even a draft about it stays
  if (same && !erased) {
    tellSolved();
    refresh(fetched.document);
  } else if (!typing || erased) {
    show(fetched, { push: false }); // a colleague has it now, or it was closed in another window
  } else {
    const why = fetched.document.querySelector("[role=alert]:not(#trouble)");
    tell(why?.textContent.trim() || word("lost")); // what was typed stays where it is; what was read is not theirs now
    withdraw(".talk, .about");
  }
  if (atEnd) scrollToEnd();
  document.dispatchEvent(new CustomEvent("console:looked"));
}

let typing = "";

/** Tell the server at once in which conversation the advisor is typing. */
export function typesIn(contact) {
  if (typing === contact) return;
  typing = contact;
  beat();
}

/** The heartbeat: renews the leases of the conversations on the list. */
async function beat() {
  const body = new FormData();
  for (const row of document.querySelectorAll("#own-list > li[id]")) body.append("held", row.id.slice("own-".length));
  body.append("csrf_token", document.querySelector("meta[name=csrf]").content);
  if (typing) body.append("typing", typing);
  typing = "";
  try {
    const answer = await fetch(document.body.dataset.beat, {
      method: "POST", body, headers: { "X-Requested-With": "XMLHttpRequest" },
    });
    if (answer.ok && (await answer.json()).lost.length) look();
    else if (!answer.ok) look();
  } catch {
    reached = false; // the next look says so
  }
}

onPage(() => { lastLook = Date.now(); });
