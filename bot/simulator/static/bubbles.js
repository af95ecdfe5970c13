// Draws one entry of a conversation. What people and the bot wrote only ever becomes textContent.

const SVG = "http://www.w3.org/2000/svg";

export function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

function bubbleText(text) {
  const shown = element("p", "text", text);
  shown.dir = "auto";
  return shown;
}

function details(twiml, texts) {
  const made = element("details", "twiml");
  made.append(element("summary", "", texts.textTwiml));
  const raw = element("pre", "", twiml);
  raw.dir = "ltr";
  raw.tabIndex = 0;
  made.append(raw);
  return made;
}

// ending: how long it took, or what else there is to say of it.
function cost({ encoding, segments, characters }, ending, texts) {
  const line = element("p", "cost");
  const parts = `${segments} ${segments === 1 ? texts.textPart : texts.textParts}`;
  const counted = element("span", segments > 3 ? "long" : "", parts);
  line.append(`${encoding} · `, counted, ` · ${characters} ${texts.textCharacters} · ${ending}`);
  return line;
}

function mine(entry, texts) {
  const item = element("div", "entry mine");
  const bubble = element("div", `bubble kind-${entry.kind}`);
  bubble.append(element("span", "hidden", texts.textYou));
  if (entry.kind === "reaction") {
    bubble.append(bubbleText(entry.body));
  } else if (entry.kind !== "text") {
    const label = element("p", "attachment");
    label.append(icon(entry.kind), element("span", "", texts[`kind${capital(entry.kind)}`]));
    bubble.append(label);
  }
  if (entry.body && entry.kind !== "reaction") bubble.append(bubbleText(entry.body));
  item.append(bubble);
  const below = element("p", "cost");
  if (entry.again) below.append(element("span", "again", texts.textRepeated), " · ");
  below.append(entry.time);
  item.append(below);
  return item;
}

// A message that came by itself: no answer to what was just sent.
function later(entry, texts) {
  const line = cost(entry.cost, entry.time, texts);
  line.prepend(element("span", "later", texts.textLater), " · ");
  return line;
}

function theirs(entry, texts) {
  const item = element("div", "entry theirs");
  const bubble = element("div", "bubble");
  bubble.append(element("span", "hidden", texts.textBot), bubbleText(entry.text));
  const meta = element("div", "meta");
  if (entry.later) meta.append(later(entry, texts));
  else meta.append(cost(entry.cost, `${entry.ms} ${texts.textMilliseconds}`, texts));
  if (entry.twiml) meta.append(details(entry.twiml, texts));
  item.append(bubble, meta);
  return item;
}

function silent(entry, texts) {
  const item = element("div", "entry note");
  item.append(element("p", "", texts.textSilent), details(entry.twiml, texts));
  return item;
}

function failed(entry, texts) {
  const item = element("div", "entry failed");
  const sentence = texts[`error${capital(entry.code)}`] ?? texts.errorOther;
  item.append(element("p", "", entry.status ? `${sentence} (${entry.status})` : sentence));
  return item;
}

function renumbered(entry, texts) {
  const item = element("div", "entry note");
  const line = element("p", "", `${texts.textNumber} `);
  const number = element("bdi", "", entry.number);
  number.dir = "ltr";
  line.append(number);
  item.append(line);
  return item;
}

// "not_twiml" and "photo" as they stand in the names of dataset entries: "NotTwiml", "Photo".
function capital(name) {
  return name.replace(/(?:^|_)([a-z])/g, (_, letter) => letter.toUpperCase());
}

const drawers = { mine, theirs, silent, failed, renumbered };

export function draw(entry, texts) {
  return drawers[entry.type](entry, texts);
}
