"""Hardware at a counter, and nothing of licences: kinds, adapters, simulators."""
