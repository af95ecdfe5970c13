// The conversations live in this browser tab only; the server keeps nothing of them.

const KEY = "simulator";
const MAX_ENTRIES = 300;

export function load(person) {
  try {
    return JSON.parse(sessionStorage.getItem(`${KEY}.${person}`));
  } catch {
    return null;
  }
}

export function save(person, state) {
  for (const thread of Object.values(state.threads)) {
    thread.entries.splice(0, Math.max(0, thread.entries.length - MAX_ENTRIES));
  }
  try {
    sessionStorage.setItem(`${KEY}.${person}`, JSON.stringify(state));
  } catch {
    // Storage may be full or forbidden; the page works without surviving a reload.
  }
}
