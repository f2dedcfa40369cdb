"""Rechtdoor: one spoken question instead of a menu tree.

Arrows of import point one way only; `tests/test_layers.py` reads the imports and enforces it:

    errors ← core ← content ← understanding · twilio · recognition · store ← service ← web · console ← cli

`localtwilio` stands beside them: it imports nothing of the app, so it sees only what Twilio sees.
"""

__version__ = "0.1.0"
