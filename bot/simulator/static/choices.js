// The lines of a message that begin with a digit and a space are its choices: "1 ja".

// A right-to-left text may carry an invisible direction mark before the digit.
const MARKS = "[\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]*";
const CHOICE = new RegExp(`^${MARKS}([0-9\\u0660-\\u0669\\u06f0-\\u06f9])${MARKS} (.*\\S.*)$`);

// The footer has two on one line, "9 medewerker, 0 menu", with the comma of its language.
const NEXT_ON_LINE = /[,،、]\s*(?=[0-9\u0660-\u0669\u06f0-\u06f9] )/;

export function choicesIn(text) {
  const choices = [];
  for (const line of text.split("\n")) {
    if (!CHOICE.test(line)) continue;
    for (const part of line.split(NEXT_ON_LINE)) {
      const match = CHOICE.exec(part);
      if (match) choices.push({ digit: match[1], label: match[2].trim() });
    }
  }
  return choices;
}
