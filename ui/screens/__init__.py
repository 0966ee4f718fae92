"""One file per screen, a catalogue of them, and their common base."""
