import { Phone } from "./phone.js";

const app = document.getElementById("simulator");
const texts = app.dataset;
const phones = [...app.querySelectorAll(".phone")].map((root) => new Phone(root, texts));

document.getElementById("clear").addEventListener("click", () => {
  for (const phone of phones) phone.clear();
  document.getElementById("status").textContent = texts.textCleared;
});
