// Digits, spaces and the usual signs in; "+31612345601" out, or null when it is no number.
export function normalNumber(written) {
  const number = written.replace(/[\s().-]/g, "").replace(/^00/, "+");
  return /^\+[1-9][0-9]{6,14}$/.test(number) ? number : null;
}

// The same number with four new last digits: another person from the same country.
export function randomNumber(example) {
  const digits = String(crypto.getRandomValues(new Uint16Array(1))[0] % 10000).padStart(4, "0");
  let next = 4;
  return [...example]
    .reverse()
    .map((sign) => (next > 0 && /[0-9]/.test(sign) ? digits[--next] : sign))
    .reverse()
    .join("");
}
