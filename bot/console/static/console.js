// The console works without scripts. They keep pages up to date, keep drafts, and add the keyboard.
import { startAlerts } from "./alerts.js";
import { startForms } from "./forms.js";
import { startKeys } from "./keys.js";
import { startLive } from "./live.js";
import { startPasskeys } from "./passkey.js";
import { startWriting } from "./writing.js";

if (document.body.dataset.page) {
  startForms();
  startWriting();
  startLive();
  startAlerts();
  startKeys();
}
startPasskeys();
