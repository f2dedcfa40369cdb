"""Hearing, offline: audio in, words out. Vosk, the microphone, audio files, and a voice that answers.

The rule of this folder: it knows nothing of the dialogue, of grammar files or of Twilio, and imports
only `voice.errors` from the rest of the project. Audio inside it is 16-bit mono (`pcm.Pcm`) at a rate
that is always said; times are seconds of audio, never of the clock, so that a file and a microphone
end an utterance at the same place. What callers do (silence, nonsense) is a value; what a machine
lacks (a model, a microphone, a library) is an error that says how to mend it.

`vosk`, `sounddevice` and `pydub` are imported where they are used, so that the webhook app can run
without the `speech` extra and without an audio library.

    hearing      what is heard, and the protocol of whatever hears it
    engine       Vosk behind that protocol
    models       speech models: catalogue, download, what they know
    ear          a source of audio and a recogniser, turn by turn
    channel      the way from a source to the recogniser
    microphone   the microphone, or audio that is already there
    files        audio files
    pcm          audio as numbers
    phone        what is left of a voice after a telephone line
    activity     whether somebody is speaking
    echo         not hearing the line's own voice
    loudspeaker  the line's voice on one's own computer
    mastering    a voice actor's recording → telephone audio
    music        the music on hold
    scripted     ears without a model, for tests
    errors       what hearing can meet, in one tree
"""
