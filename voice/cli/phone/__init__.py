"""Ringing the line on this computer: by microphone, wave file or keyboard.

ways          how a person rings here, and whether the line has a voice
scene         the webhook app on loopback, and a local Twilio that calls it
conversation  what the line says is shown, what the caller says is sent
turns         turns from the keyboard or a pipe
spoken        turns from the microphone or audio files
display       how a conversation looks
"""
