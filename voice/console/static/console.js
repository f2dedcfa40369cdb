/* What a page does beyond showing and posting. Every page works without this file where it only shows or posts. */
"use strict";

// How long ago something was, counted on in the page.
function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds)), pad = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(whole / 3600), minutes = Math.floor(whole / 60) % 60;
  return hours ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`;
}

// The server's clock, not that of whoever looks.
const ahead = Number(document.body.dataset.now) - Date.now() / 1000;

function tick() {
  const now = Date.now() / 1000 + ahead;
  for (const time of document.querySelectorAll("time[data-since]")) {
    const text = clock(now - Number(time.dataset.since));
    if (time.textContent !== text) time.textContent = text;
  }
  for (const time of document.querySelectorAll("time[data-until]")) {
    const text = clock(Number(time.dataset.until) - now);
    if (time.textContent !== text) time.textContent = text;
  }
}

setInterval(tick, 1000);

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF-Token"] = document.body.dataset.csrf;
});

// The stream that keeps a page up to date: say so when it is cut, and look again when the session is over.
document.addEventListener("htmx:sseError", () => { document.getElementById("cut").hidden = false; });
document.addEventListener("htmx:sseOpen", () => { document.getElementById("cut").hidden = true; });
document.addEventListener("htmx:sseClose", (event) => {
  if (event.detail.type === "message") location.reload();
});

// What somebody is writing in is not replaced under their hands.
document.addEventListener("htmx:sseBeforeMessage", (event) => {
  const active = document.activeElement;
  const busy = active && active.matches("textarea, input:not([type=checkbox]), select") && event.target.contains(active);
  if (busy) event.preventDefault();
});
document.addEventListener("htmx:sseMessage", tick);
