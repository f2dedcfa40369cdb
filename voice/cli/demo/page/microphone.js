/* In the browser's audio thread: what the microphone gives, handed on in pieces of a tenth of a second as 16-bit samples. */
"use strict";

registerProcessor("microphone", class extends AudioWorkletProcessor {
  constructor() {
    super();
    this.piece = new Int16Array(Math.round(sampleRate / 10));
    this.at = 0;
  }
  process([[channel]]) {
    for (const value of channel || []) {
      this.piece[this.at++] = Math.max(-1, Math.min(1, value)) * 32767;
      if (this.at === this.piece.length) {
        this.port.postMessage(this.piece.slice());
        this.at = 0;
      }
    }
    return true;
  }
});
