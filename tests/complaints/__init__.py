"""What callers are angry about elsewhere, each as one whole call at this line. `docs/why.md` shows what was said."""
