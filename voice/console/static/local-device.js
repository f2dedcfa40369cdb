/* A device with the interface of Twilio's Voice JavaScript SDK, as far as softphone.js uses it, that talks to the local
   Twilio (voice/localtwilio/rest/clients.py). There is no sound: it rings, is answered, and presses keys. */
"use strict";

var Twilio = (() => {
  class Emitter {
    constructor() { this.heard = {}; }
    on(name, listener) { (this.heard[name] ||= []).push(listener); return this; }
    emit(name, ...what) { for (const listener of this.heard[name] || []) listener(...what); }
  }

  class Call extends Emitter {
    constructor(device, told) {
      super();
      this.device = device;
      this.parameters = { CallSid: told.sid, From: told.from };
      this.state = told.status;
      this.muted = false;
    }
    status() { return this.state; }
    accept() { this.device.post(this, "accept"); }
    reject() { this.device.post(this, "reject"); }
    disconnect() { this.device.post(this, "disconnect"); }
    sendDigits(digits) { this.device.post(this, "digits", digits); }
    mute(muted) { this.muted = muted; this.emit("mute", muted, this); }
    isMuted() { return this.muted; }
    becomes(status) {
      const before = this.state;
      this.state = status;
      if (status === "open" && before !== "open") this.emit("accept", this);
      if (status === "closed" && before !== "closed") this.emit(before === "open" ? "disconnect" : "cancel", this);
    }
  }

  class Device extends Emitter {
    constructor(token, options) {
      super();
      this.token = token;
      this.address = options.local;
      this.call = null;
      this.audio = { availableInputDevices: new Map(), availableOutputDevices: new Map(), on() {}, incoming() {} };
    }
    async register() { this.listen(); }
    updateToken(token) { this.token = token; this.listen(); }
    listen() {
      if (this.stream) this.stream.close();
      const stream = this.stream = new EventSource(`${this.address}/clients/calls?token=${this.token}`);
      stream.onopen = () => this.emit("registered");
      stream.onerror = () => { if (stream === this.stream) this.emit("unregistered"); };
      stream.onmessage = (event) => this.told(JSON.parse(event.data));
      clearTimeout(this.timer);
      const left = JSON.parse(atob(this.token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"))).exp * 1000 - Date.now();
      this.timer = setTimeout(() => this.emit("tokenWillExpire"), Math.max(0, left - 10000));
    }
    told(now) {
      if (this.call && (!now || now.sid !== this.call.parameters.CallSid)) { this.call.becomes("closed"); this.call = null; }
      if (!now) return;
      if (!this.call) { this.call = new Call(this, { ...now, status: "pending" }); this.emit("incoming", this.call); }
      this.call.becomes(now.status);
    }
    post(call, deed, digits = "") {
      const body = new URLSearchParams({ token: this.token, digits });
      fetch(`${this.address}/clients/calls/${call.parameters.CallSid}/${deed}`, { method: "POST", body });
    }
    destroy() { if (this.stream) this.stream.close(); }
  }

  return { Device };
})();
