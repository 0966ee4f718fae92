"""Counters that exchange with a real centre."""
