/* The desk as a telephone: Twilio's device, or the local one with the same interface, behind a few buttons. */
"use strict";

const phone = document.getElementById("phone");
let device = null, call = null, wanted = "", comesSince = 0;
const SOON = 60000;   // how long after it was asked for a call of the room is picked up by itself

async function token() {
  const answer = await fetch(phone.dataset.token, { method: "POST", headers: { "X-CSRF-Token": document.body.dataset.csrf } });
  if (!answer.ok) throw new Error(answer.status);
  return (await answer.json()).token;
}

function part(name) { return phone.querySelector(`[data-part="${name}"]`); }

function offered() {
  const work = document.getElementById("work");
  return work ? work.dataset.rings : "";
}

// A caller is accepted on the desk; whoever is asked by a colleague, or listens, picks up here.
function show(state) {
  phone.dataset.state = state;
  const said = state === "pending" && !offered() ? "room" : state;
  for (const one of phone.querySelectorAll("[data-said]")) one.hidden = one.dataset.said !== said;
  part("calling").hidden = state !== "open";
  part("pick-up").hidden = said !== "room";
}
document.addEventListener("htmx:sseMessage", () => { if (phone.dataset.state) show(phone.dataset.state); });

// What is accepted on the page is picked up here, whichever comes first.
document.addEventListener("submit", (event) => {
  const path = new URL(event.target.action).pathname;
  if (/^\/calls\/[^/]+\/(listen|coach|join)$/.test(path)) comesSince = Date.now();
  if (path !== "/desk/accept") return;
  wanted = event.target.elements.reference.value;
  if (call && call.status() === "pending") call.accept();
}, true);

function rings(incoming) {
  call = incoming;
  show("pending");
  call.on("accept", () => { wanted = ""; show("open"); });
  for (const end of ["disconnect", "cancel", "reject", "error"]) call.on(end, () => over(incoming));
  call.on("mute", showMuted);
  const ringing = offered();
  if (wanted && ringing && ringing.startsWith(wanted + ".")) call.accept();
  if (!ringing && Date.now() - comesSince < SOON) call.accept();
  comesSince = 0;
}

function showMuted(muted) {
  part("mute").setAttribute("aria-pressed", String(muted));
  part("muted").hidden = !muted;
}

function over(which) {
  if (which !== call) return;
  call = null;
  showMuted(false);
  show("ready");
}

function devices() {
  for (const [name, found, choose] of [
    ["microphone", device.audio.availableInputDevices, (id) => device.audio.setInputDevice(id)],
    ["speaker", device.audio.availableOutputDevices, (id) => device.audio.speakerDevices.set(id)],
  ]) {
    const select = part(name), before = select.value || localStorage.getItem(name);
    select.replaceChildren(...[...found.values()].map((one) => new Option(one.label || one.deviceId, one.deviceId)));
    select.closest("label").hidden = found.size < 2;
    if (found.has(before)) { select.value = before; }
    select.onchange = () => { localStorage.setItem(name, select.value); choose(select.value); };
  }
}

async function plugIn() {
  try {
    device = new Twilio.Device(await token(), { local: phone.dataset.local, closeProtection: true, codecPreferences: ["opus", "pcmu"] });
  } catch {
    show("broken");
    return;
  }
  device.on("registered", () => { if (!call) show("ready"); });
  device.on("unregistered", () => { if (!call) show("broken"); });
  device.on("error", () => { if (!call) show("broken"); });
  device.on("incoming", rings);
  device.on("tokenWillExpire", async () => { try { device.updateToken(await token()); } catch { show("broken"); } });
  device.audio.incoming(false);   // the page rings by itself, where the agent has switched that on
  device.audio.on("deviceChange", devices);
  await device.register();
  devices();
}

phone.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button || !call) return;
  if (button.dataset.part === "mute") call.mute(!call.isMuted());
  if (button.dataset.part === "hang-up") call.disconnect();
  if (button.dataset.part === "answer") call.accept();
  if (button.dataset.digit) call.sendDigits(button.dataset.digit);
});

plugIn();
