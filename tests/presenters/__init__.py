"""Presenters over a training desk, without a window."""
