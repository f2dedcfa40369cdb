"""Hearing, offline: audio in, words out. Vosk, the microphone, audio files, and a voice that answers.

The rule of this folder: it knows nothing of the dialogue, of grammar files or of Twilio, and imports
only `voice.errors` from the rest of the project. Audio inside it is 16-bit mono (`pcm.Pcm`) at a rate
that is always said; times are seconds of audio, never of the clock, so that a file and a microphone
end an utterance at the same place. What callers do (silence, nonsense) is a value; what a machine
lacks (a model, a microphone, a library) is an error that says how to mend it.

`vosk`, `sounddevice` and `pydub` are imported where they are used, so that the webhook app can run
without the `speech` extra and without an audio library.
"""
