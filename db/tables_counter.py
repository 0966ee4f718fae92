"""The counter's own tables: applications, people, licences, blanks, parcels."""

from __future__ import annotations

from db.tables import metadata

__all__ = ["metadata"]
