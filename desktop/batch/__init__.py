"""Signed files between the portal and the office, for the days on which no line carries them.

A batch is a zip with a manifest, a signature, lines of JSON and pictures; `docs/batch.md` describes
it. `envelope` packs and opens any such file and trusts nothing in it, `lines` reads the lines of
applications, `results` writes what the office answers.
"""
