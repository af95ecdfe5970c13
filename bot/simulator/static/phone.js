// One phone: its number, its two threads (SMS and WhatsApp) and everything that can be sent from it.

import { inbox, send } from "./api.js";
import { draw, element } from "./bubbles.js";
import { choicesIn } from "./choices.js";
import { normalNumber, randomNumber } from "./numbers.js";
import { load, save } from "./store.js";

const POLL_MILLISECONDS = 1500;

function emptyThread() {
  return { entries: [], last: null };
}

function clock() {
  return new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
}

export class Phone {
  constructor(root, texts) {
    this.root = root;
    this.texts = texts;
    this.person = root.dataset.person;
    this.number = root.querySelector(".number");
    this.numberError = root.querySelector(".number-error");
    this.screen = root.querySelector(".screen");
    this.log = root.querySelector(".log");
    this.typing = root.querySelector(".typing");
    this.chips = root.querySelector(".chips");
    this.textarea = root.querySelector("textarea");
    this.toggle = root.querySelector(".odd-toggle");
    this.menu = root.querySelector(".odd-menu");
    this.waiting = { sms: 0, whatsapp: 0 };
    // Answers to messages of before "new person" or "clear" must not land in the fresh thread.
    this.generation = 0;
    this.atEnd = true;

    const kept = load(this.person);
    this.state = kept ?? this.fresh(root.dataset.defaultNumber, root.dataset.channel);
    this.number.value = this.state.number;
    this.polling = false;
    this.listen();
    this.show();
    if (texts.inboxUrl) {
      this.poll();
      setInterval(() => this.poll(), POLL_MILLISECONDS);
    }
  }

  // seen: for every number and channel, the last message that came by itself.
  fresh(number, channel, seen = {}) {
    return { number, channel, threads: { sms: emptyThread(), whatsapp: emptyThread() }, seen };
  }

  get thread() {
    return this.state.threads[this.state.channel];
  }

  listen() {
    this.root.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.sendWritten();
    });
    this.textarea.addEventListener("keydown", (event) => {
      // While composing (Arabic suggestions, accents) Enter accepts the composition.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.sendWritten();
    });
    this.textarea.addEventListener("input", () => this.grow());
    for (const radio of this.root.querySelectorAll(".channels input")) {
      radio.addEventListener("change", () => {
        this.state.channel = radio.value;
        this.keep();
        this.show();
        this.poll();
      });
    }
    this.number.addEventListener("change", () => this.renumber());
    this.root.querySelector(".new-person").addEventListener("click", () => {
      this.reset(randomNumber(this.root.dataset.defaultNumber));
      this.textarea.focus();
    });
    // "toggle" does not bubble, but it can be caught on its way down.
    this.log.addEventListener(
      "toggle",
      (event) => {
        if (event.target.open) event.target.scrollIntoView({ block: "nearest" });
      },
      true,
    );
    // When the writing field grows or the window changes, the last message stays in sight.
    this.screen.addEventListener("scroll", () => {
      const { scrollHeight, scrollTop, clientHeight } = this.screen;
      this.atEnd = scrollHeight - scrollTop - clientHeight < 24;
    });
    new ResizeObserver(() => {
      if (this.atEnd) this.screen.scrollTop = this.screen.scrollHeight;
    }).observe(this.screen);
    this.listenToMenu();
  }

  listenToMenu() {
    this.toggle.addEventListener("click", () => this.openMenu(this.menu.hidden));
    this.menu.addEventListener("click", (event) => {
      const chosen = event.target.closest("button");
      if (!chosen) return;
      this.openMenu(false);
      if ("again" in chosen.dataset) this.repeat();
      else this.sendOdd(chosen.dataset.kind);
      this.textarea.focus();
    });
    const odd = this.toggle.parentElement;
    odd.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !this.menu.hidden) {
        this.openMenu(false);
        this.toggle.focus();
      } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        this.moveInMenu(event.key === "ArrowDown" ? 1 : -1);
      }
    });
    odd.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !odd.contains(event.relatedTarget)) this.openMenu(false);
    });
    document.addEventListener("pointerdown", (event) => {
      if (!odd.contains(event.target)) this.openMenu(false);
    });
  }

  openMenu(open) {
    this.menu.hidden = !open;
    this.toggle.setAttribute("aria-expanded", String(open));
  }

  moveInMenu(step) {
    if (this.menu.hidden) this.openMenu(true);
    const buttons = [...this.menu.querySelectorAll("button:not(:disabled)")];
    const now = buttons.indexOf(document.activeElement);
    const next = now < 0 ? (step > 0 ? 0 : -1) : (now + step) % buttons.length;
    buttons.at(next).focus();
  }

  renumber() {
    const number = normalNumber(this.number.value);
    this.numberError.hidden = number !== null;
    this.number.setAttribute("aria-invalid", String(number === null));
    if (number === null || number === normalNumber(this.state.number)) return;
    this.state.number = this.number.value.trim();
    for (const thread of Object.values(this.state.threads)) {
      // To the bot this is somebody else, who has sent nothing that could be repeated.
      thread.last = null;
      if (thread.entries.length) thread.entries.push({ type: "renumbered", number });
    }
    this.keep();
    this.show();
  }

  reset(number) {
    this.generation += 1;
    this.waiting = { sms: 0, whatsapp: 0 };
    this.state = this.fresh(number, this.state.channel, this.state.seen);
    this.number.value = number;
    this.renumber();
    this.keep();
    this.show();
  }

  clear() {
    this.reset(this.state.number);
  }

  keep() {
    save(this.person, this.state);
  }

  sendWritten() {
    const body = this.textarea.value;
    if (!body.trim()) return;
    if (this.deliver({ kind: "text", body })) this.emptyTextarea();
  }

  sendOdd(kind) {
    if (kind === "photo") {
      // What stands in the box goes along as the caption, as on a phone.
      if (this.deliver({ kind, body: this.textarea.value.trim() })) this.emptyTextarea();
    } else {
      this.deliver({ kind, body: kind === "reaction" ? "👍" : "" });
    }
  }

  repeat() {
    const { last } = this.thread;
    if (last) this.deliver({ ...last, again: true });
    else this.add(this.state.channel, { type: "failed", code: "nothing_to_repeat" });
  }

  // Whether the message could leave; the answer arrives later, and others may be sent meanwhile.
  deliver({ kind, body, again = false, sid }) {
    const from = normalNumber(this.number.value);
    if (from === null) {
      this.renumber();
      this.number.focus();
      return false;
    }
    const { channel } = this.state;
    const thread = this.thread;
    if (!again) thread.last = null;
    this.add(channel, { type: "mine", kind, body, again, time: clock() });
    this.wait(channel, 1);
    const { generation } = this;
    const message = { person: this.person, channel, from, kind, body, again };
    if (again && sid) message.sid = sid;
    send(this.texts.sendUrl, message).then((answer) => {
      if (generation !== this.generation) return;
      this.wait(channel, -1);
      const isSamePerson = from === normalNumber(this.state.number);
      if (answer.sid && isSamePerson) thread.last = { kind, body, sid: answer.sid };
      this.receive(channel, answer);
    });
    return true;
  }

  receive(channel, answer) {
    if (answer.error) {
      this.add(channel, { type: "failed", code: answer.error, status: answer.status });
    } else if (!answer.messages.length) {
      this.add(channel, { type: "silent", twiml: answer.twiml });
    } else {
      answer.messages.forEach((text, index) => {
        const isLast = index === answer.messages.length - 1;
        this.add(channel, {
          type: "theirs",
          text,
          cost: answer.segments[index],
          ms: answer.ms,
          // One answer is one TwiML document, however many bubbles it makes.
          twiml: isLast ? answer.twiml : null,
        });
      });
    }
  }

  // Fetches what came by itself to the thread in view; another thread catches up when it comes into view.
  async poll() {
    const number = normalNumber(this.state.number);
    if (!this.texts.inboxUrl || document.hidden || this.polling || number === null) return;
    this.polling = true;
    const { generation } = this;
    const { channel } = this.state;
    const key = `${channel} ${number}`;
    this.state.seen ??= {};
    const messages = await inbox(this.texts.inboxUrl, number, channel, this.state.seen[key] ?? 0);
    this.polling = false;
    if (generation !== this.generation || number !== normalNumber(this.state.number)) return;
    for (const { serial, text, cost } of messages) {
      this.state.seen[key] = serial;
      this.add(channel, { type: "theirs", later: true, text, cost, time: clock() });
    }
  }

  add(channel, entry) {
    this.state.threads[channel].entries.push(entry);
    this.keep();
    if (channel !== this.state.channel) return;
    this.log.append(draw(entry, this.texts));
    this.showChips();
    this.root.classList.remove("is-empty");
    this.scrollToEnd();
  }

  wait(channel, change) {
    this.waiting[channel] += change;
    this.typing.hidden = this.waiting[this.state.channel] === 0;
    this.scrollToEnd();
  }

  // Redraws everything, for the thread of the channel in use.
  show() {
    const { channel } = this.state;
    const { entries } = this.thread;
    this.root.dataset.channel = channel;
    this.root.classList.toggle("is-empty", entries.length === 0);
    for (const radio of this.root.querySelectorAll(".channels input")) {
      radio.checked = radio.value === channel;
    }
    const to = channel === "sms" ? this.texts.smsNumber : this.texts.whatsappNumber;
    this.root.querySelector(".to-number").textContent = to.replace(/^whatsapp:/, "");
    for (const button of this.menu.querySelectorAll("[data-only]")) {
      button.disabled = button.dataset.only !== channel;
      button.querySelector("small")?.remove();
      if (button.disabled) {
        button.querySelector("span").append(element("small", "", this.texts.textOnlyWhatsapp));
      }
    }
    // A reader need not hear the whole conversation again.
    this.log.setAttribute("aria-live", "off");
    this.log.replaceChildren(...entries.map((entry) => draw(entry, this.texts)));
    requestAnimationFrame(() => this.log.setAttribute("aria-live", "polite"));
    this.typing.hidden = this.waiting[channel] === 0;
    this.showChips();
    this.scrollToEnd();
  }

  showChips() {
    const last = this.thread.entries.at(-1);
    const choices = last?.type === "theirs" ? choicesIn(last.text) : [];
    this.chips.hidden = choices.length === 0;
    this.chips.replaceChildren(
      ...choices.map(({ digit, label }) => {
        const chip = element("button", "chip");
        chip.type = "button";
        chip.dir = "auto";
        chip.append(element("b", "", digit), element("span", "", label));
        chip.addEventListener("click", () => {
          this.deliver({ kind: "text", body: digit });
          this.textarea.focus({ preventScroll: true });
        });
        return chip;
      }),
    );
  }

  scrollToEnd() {
    requestAnimationFrame(() => {
      this.screen.scrollTop = this.screen.scrollHeight;
    });
  }

  grow() {
    this.textarea.style.height = "auto";
    this.textarea.style.height = `${this.textarea.scrollHeight + 2}px`;
  }

  emptyTextarea() {
    this.textarea.value = "";
    this.textarea.style.height = "";
  }
}
