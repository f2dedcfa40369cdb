"""What hearing can meet, in one tree. Each message is one sentence; `mend` says what to do.

VoiceError
└── RecognitionError
    ├── AudioError              an audio file cannot be used
    │   ├── BrokenAudioError    not audio, or damaged
    │   ├── EmptyAudioError     no sound in it at all
    │   ├── LongAudioError      longer than one may ask for
    │   └── DecoderMissingError ffmpeg is not installed and the file needs it
    ├── ModelError              a speech model cannot be used
    │   ├── ModelMissingError   not on this computer
    │   ├── BrokenModelError    half downloaded, damaged, or no Vosk model
    │   ├── ModelLanguageError  a model, but of another language
    │   └── DownloadError       the network, the server or the archive failed
    ├── SpeechPartError         a Python package or system library is not installed
    ├── DeviceError             a microphone or loudspeaker cannot be used
    │   ├── DeviceMissingError  none there
    │   ├── DeviceBusyError     held by another program, or refused
    │   └── DeviceLostError     unplugged, or silent for ever, while in use
    └── SynthesisError          the speaking program failed
"""

from voice.errors import VoiceError


class RecognitionError(VoiceError):
    """Anything in this folder that a person can mend."""


class AudioError(RecognitionError):
    """An audio file cannot be used."""


class BrokenAudioError(AudioError):
    """The file is no audio, or is damaged."""


class EmptyAudioError(AudioError):
    """The file holds no sound at all."""


class LongAudioError(AudioError):
    """The file is longer than was allowed."""


class DecoderMissingError(AudioError):
    """The format needs ffmpeg, which is not installed."""


class ModelError(RecognitionError):
    """A speech model cannot be used."""


class ModelMissingError(ModelError):
    """No model of this name or language is on this computer."""


class BrokenModelError(ModelError):
    """The folder lacks files of a Vosk model, or Vosk refuses it."""


class ModelLanguageError(ModelError):
    """The model is of another language than was asked for."""


class DownloadError(ModelError):
    """The model could not be fetched or unpacked."""


class SpeechPartError(RecognitionError):
    """A Python package or a system library for speech is not installed."""


class DeviceError(RecognitionError):
    """A microphone or loudspeaker cannot be used."""


class DeviceMissingError(DeviceError):
    """There is no such device."""


class DeviceBusyError(DeviceError):
    """The device is held by another program, or refuses every format."""


class DeviceLostError(DeviceError):
    """The device went away while it was in use."""


class SynthesisError(RecognitionError):
    """The program that speaks failed."""
