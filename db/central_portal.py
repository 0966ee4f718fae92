"""The portal's line to the centre: its four functions, and the data by which it is answered.

docs/portal.md describes them for whoever writes the real portal.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import Any, cast

import psycopg

from db.errors import CentreRefused, LineDown

PATIENCE = 20


class PortalLine:
    """A login of the group `loket_portal`. Answers are the functions' own, refusals included."""

    def __init__(self, conn: psycopg.Connection[Any]) -> None:
        self._conn = conn

    @classmethod
    def open(cls, dsn: str) -> PortalLine:
        """Raises LineDown, CentreRefused."""
        with _told():
            return cls(psycopg.connect(dsn, autocommit=True, connect_timeout=PATIENCE))

    def picture(self, office: str, sha: str, data: bytes) -> dict[str, Any]:
        """Upload a picture for an office. Raises LineDown, CentreRefused, as all of them do."""
        return self._call("SELECT portal.picture_v1(%s, %s, %b)", office, sha, data)

    def submit(self, office: str, line: str) -> dict[str, Any]:
        """Send an application, its mended filing or its cancellation."""
        return self._call("SELECT portal.submit_v1(%s, %s)", office, line)

    def status(self, external_id: str) -> dict[str, Any]:
        """How an application stands."""
        return self._call("SELECT portal.status_v1(%s)", external_id)

    def complain(self, external_id: str, nik: str, kind: str, words: str) -> dict[str, Any]:
        """An applicant complains."""
        return self._call(
            "SELECT portal.complain_v1(%s, %s, %s, %s)", external_id, nik, kind, words
        )

    def close(self) -> None:
        """End the line."""
        self._conn.close()

    def _call(self, statement: str, *values: str | bytes) -> dict[str, Any]:
        with _told():
            row = self._conn.execute(statement.encode(), values).fetchone()
        return cast("dict[str, Any]", row[0] if row else {})


def load_told(
    conn: psycopg.Connection[Any],
    told: Iterable[tuple[str, bool, str, int | None]],
    reasons: Iterable[tuple[str, str, str, str]],
) -> None:
    """Put what applicants are told in place of what was there.

    `told` is (state, by courier, parcel's state or '', percent), `reasons` is (code, document,
    text in Indonesian, text in English).
    """
    with conn.transaction(), conn.cursor() as cursor:
        cursor.execute("DELETE FROM centre.portal_told")
        cursor.executemany(
            "INSERT INTO centre.portal_told (state, by_courier, parcel, percent)"
            " VALUES (%s, %s, %s, %s)",
            list(told),
        )
        cursor.execute("DELETE FROM centre.portal_reasons")
        cursor.executemany(
            "INSERT INTO centre.portal_reasons (code, document, text_id, text_en)"
            " VALUES (%s, %s, %s, %s)",
            list(reasons),
        )


@contextmanager
def _told() -> Generator[None]:
    try:
        yield
    except psycopg.OperationalError as error:
        refused = error.sqlstate in ("28P01", "28000") or "authentication" in str(error)
        raise (CentreRefused("login") if refused else LineDown("portal")) from error
    except psycopg.Error as error:
        raise CentreRefused(error.sqlstate or type(error).__name__) from error
