// Passkeys: asks the device and sends its answer. Hidden in browsers without passkeys.
export function startPasskeys() {
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) return;
  document.querySelectorAll("[data-passkey]").forEach((place) => {
    const button = place.querySelector("button[type=button]");
    place.hidden = button.hidden = false;
    button.addEventListener("click", async () => {
      const fault = place.querySelector(".fault");
      fault.textContent = "";
      button.disabled = true;
      try {
        location.assign(await (place.dataset.passkey === "add" ? add(place) : login(place)));
      } catch {
        fault.textContent = fault.dataset.words; // whatever it was, one can try again or use the password
      }
      button.disabled = false;
    });
  });
}

async function login(place) {
  const { name, options } = await ask(place.dataset.url);
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const answer = await navigator.credentials.get({ publicKey });
  return (await ask(place.dataset.url, { name, answer: JSON.stringify(answer), next: place.dataset.next })).to;
}

async function add(form) {
  const { name, options } = await ask(form.dataset.url, { current: form.elements.current?.value ?? "" });
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const answer = await navigator.credentials.create({ publicKey });
  return (await ask(form.dataset.url, { name, answer: JSON.stringify(answer) })).to;
}

async function ask(url, fields = null) {
  const body = fields && new URLSearchParams({ ...fields, csrf_token: document.querySelector("meta[name=csrf]").content });
  const answer = await fetch(url, { method: body ? "POST" : "GET", body });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}
