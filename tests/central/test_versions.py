"""The same schema on another PostgreSQL: the newest, as the wheel of the training centre has it."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from db import central_admin
from db.central import Centre
from db.embedded import SUPERUSER, EmbeddedServer
from tests.central.rigs.centre import fill
from tests.central.rigs.pen import NYOMAN, Pen, blank, change, new

pytestmark = pytest.mark.central
PASSWORD = "geheim-latihan"


def test_a_day_on_the_training_centres_server(tmp_path: Path) -> None:
    """Push with every kind of thing, a conflict, a picture, and what comes down of it."""
    server = EmbeddedServer(tmp_path / "centre", PASSWORD)
    try:
        running = server.start()
        admin_dsn = running.dsn(SUPERUSER, PASSWORD)
        central_admin.upgrade(admin_dsn, "training")
        central_admin.upgrade(admin_dsn, "training")  # again changes nothing
        with pytest.raises(ValueError, match="realm"):
            central_admin.upgrade(admin_dsn, "live")
        with psycopg.connect(admin_dsn, autocommit=True) as admin:
            fill(admin)
            for login in ("c_1374_l3", "c_1374_l4"):
                admin.execute(f"ALTER ROLE {login} PASSWORD '{PASSWORD}'")
        _a_day(admin_dsn)
    finally:
        server.stop()
        server.remove()


def _a_day(admin_dsn: str) -> None:
    pen = Pen("1374-L3")
    case = pen.case("1", person_id="p")
    sheets = [
        pen.write("stock.received", "L1", officer=NYOMAN, changes=blank("S1", "1374-L3")),
        pen.write("person", "p", changes=[new("persons", "p", nik="3175046302049665")]),
        *case.walk("make_ready"),
        pen.write("licence.issued", "l", changes=[new(
            "licences", "l", person_id="p", licence_class="C", status="valid", superseded={},
            application_id=case.id, issued_on="2026-03-02")]),
        pen.write("application.approve", case.id, changes=[
            change("applications", case.id, case.version + 1, state="approved")]),
    ]  # fmt: skip
    mine = make_conninfo(admin_dsn, user="c_1374_l3")
    with Centre.open(mine) as line:
        answer = pen.send(line, sheets)
        assert answer["seq"] == len(sheets)
        assert [p["reason"] for p in answer["parked"]] == ["workflow"]
        assert line.blob_put("00" * 32, 0, 1, b"x")["error"] == "sha"
    with Centre.open(make_conninfo(admin_dsn, user="c_1374_l4")) as line:
        page = line.pull({"office": 0, "national": 0}, 500)
    kinds = {i["kind"] for i in page["items"] if i["type"] == "row"}
    assert kinds == {"applications", "blanks", "movements", "persons", "licences"}
