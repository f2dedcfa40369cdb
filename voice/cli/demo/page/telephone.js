/* A caller's telephone: rings, speaks, types, presses keys, hears the line, and is called back. */
"use strict";

const $ = (id) => document.getElementById(id);
const SHOWN = {
  ended: "no call", rung: "your telephone rings", ringing: "it rings", talked_to: "the line speaks", prompted: "the line speaks, and listens",
  listened_to: "the line listens", answering: "the line hears you", held: "on hold", connecting: "somebody is rung", connected: "you are connected",
};
const sound = new Audio();
let number = "", waiting = [], microphone = null;

function post(deed, what = "") {
  const way = deed === "ring" ? { to: what } : { what };
  return fetch(`/telephones/${number}/${deed}`, { method: "POST", body: new URLSearchParams(way) });
}

// What is heard and shown
function write(who, text, language = "") {
  const row = document.createElement("li"), name = document.createElement("span"), words = document.createElement("span");
  name.className = "faint";
  name.textContent = who;
  words.textContent = text;
  if (language) words.lang = language;
  row.append(name, words);
  $("said").append(row);
  row.scrollIntoView({ block: "nearest" });
}

// One thing after another: the line may say two before the first is over.
function play(address) {
  waiting.push(address);
  if (waiting.length === 1) next();
}
function next() {
  if (!waiting.length) return;
  sound.src = waiting[0];
  sound.play().catch(over);
}
function over() { waiting.shift(); next(); }
function quiet() { waiting = []; sound.pause(); }
sound.addEventListener("ended", over);
sound.addEventListener("error", over);

function told(what) {
  if (what.state) {
    const here = what.state !== "ended";
    $("state").textContent = what.state === "held" && what.queue ? "you wait in line" : SHOWN[what.state];
    $("before").hidden = here;
    $("during").hidden = !here;
    $("pick-up").hidden = what.state !== "rung";
    if (["ended", "connected", "held"].includes(what.state)) quiet();
    if (what.state === "ended") close();
    if (here && what.state !== "rung") open();
  }
  if (what.said) { write("line", what.said, what.language); if (what.voice !== undefined) play(`/telephones/${number}/said/${what.voice}.wav`); }
  if (what.play) play(what.play);
  if (what.stop) quiet();
  if (what.partial) $("partial").textContent = `${what.partial} …`;
  if (what.heard) { write("you", what.heard); $("partial").textContent = ""; }
  if (what.deaf) trouble(what.deaf);
}

function trouble(text) {
  $("trouble").textContent = text;
  $("trouble").hidden = false;
}

// The microphone
async function open() {
  const speak = $("speak");
  if (microphone || !speak || !speak.checked) return;
  const mine = microphone = { context: new AudioContext(), pieces: [], sending: false };
  try {
    mine.stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: false, channelCount: 1 } });
    await mine.context.audioWorklet.addModule("/microphone.js");
  } catch (error) {
    trouble(`The microphone cannot be used (${error.message}). Type instead.`);
    return;
  }
  if (mine !== microphone) { mine.stream.getTracks().forEach((track) => track.stop()); return; }
  const node = new AudioWorkletNode(mine.context, "microphone");
  node.port.onmessage = (event) => { mine.pieces.push(event.data); send(mine); };
  mine.context.createMediaStreamSource(mine.stream).connect(node);
}

function close() {
  if (!microphone) return;
  if (microphone.stream) microphone.stream.getTracks().forEach((track) => track.stop());
  microphone.context.close();
  microphone = null;
}

// In order: the next piece goes when the last has arrived, with all that came meanwhile.
async function send(mine) {
  if (mine.sending) return;
  mine.sending = true;
  while (mine.pieces.length) {
    const body = new Blob(mine.pieces.splice(0));
    try { await fetch(`/telephones/${number}/sound?rate=${mine.context.sampleRate}`, { method: "POST", body }); } catch { break; }
  }
  mine.sending = false;
}

// What its owner does
$("ring").addEventListener("click", () => { $("said").replaceChildren(); $("trouble").hidden = true; post("ring", $("to").value); });
$("pick-up").addEventListener("click", () => post("picks-up"));
$("hang-up").addEventListener("click", () => post("hangs-up"));
$("during").addEventListener("click", (event) => { if (event.target.dataset.key) { quiet(); post("presses", event.target.dataset.key); } });
$("typed").addEventListener("submit", (event) => {
  event.preventDefault();
  if (!$("text").value.trim()) return;
  write("you", $("text").value);
  post("says", $("text").value);
  $("text").value = "";
});

async function plugIn() {
  number = (await (await fetch("/telephones", { method: "POST" })).json()).number;
  const stream = new EventSource(`/telephones/${number}/stream`);
  stream.onmessage = (event) => told(JSON.parse(event.data));
  stream.onerror = () => { if (stream.readyState !== EventSource.OPEN) $("state").textContent = "the demonstration has ended"; };
  $("ring").disabled = false;
}

plugIn();
