"""What the scripted day leaves behind: cards, papers, the journal, and a summary of it all.

File names hold a running number or a paper's kind, never a person. The summary is taken from the
books and the exported journal alone, in whole numbers and sorted keys, so that the same seed
gives the same bytes; real times go to a file of their own.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from PIL import Image

from desktop.domain.application import Application, Paper
from desktop.domain.errors import Problem
from desktop.domain.shipment import Parcel, ReturnCase
from desktop.domain.stock import Balance, Blank, Job, JobState, Shift
from desktop.services.desk import Desk
from devices.simulators.plastic import PlasticCard

CARDS, PAPERS = "cards", "papers"
JOURNAL, SUMMARY, TIMING = "journal.jsonl", "summary.json", "timing.json"
SEAL_KEYS = "seal-keys.json"
CARD_PIXELS = (1011, 638)


class OutputNotEmpty(Problem):
    """The folder holds something already; a demo never writes over it."""

    path: str


class OutputRefused(Problem):
    """The system refuses to write there (full, read-only, or not a folder)."""

    path: str
    detail: str


def check_output(folder: Path) -> None:
    """Make the folder if it isn't there. Raises OutputNotEmpty, OutputRefused."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        taken = any(folder.iterdir())
    except OSError as error:
        raise OutputRefused(str(folder), error.strerror or "") from error
    if taken:
        raise OutputNotEmpty(str(folder))


def write_seal_keys(desk: Desk, folder: Path) -> None:
    """The public keys with which anybody verifies the seals of these cards and papers."""
    with desk.ledger.reading() as r:
        (folder / SEAL_KEYS).write_bytes(desk.sealing.public_keys(r, desk.clock.now()))


def write_cards(desk: Desk, cards: Mapping[str, PlasticCard], folder: Path) -> list[dict[str, Any]]:
    """Both faces of every card that ribbon touched, in the order of the jobs; what they are."""
    folder.mkdir()
    with desk.ledger.reading() as r:
        jobs = [job for job in r.find(Job) if job.blank_serial in cards]
        blanks = {job.blank_serial: r.get(Blank, job.blank_serial) for job in jobs}
    told: list[dict[str, Any]] = []
    for job in jobs:
        card = cards[job.blank_serial]
        if not card.panels:
            continue
        number = f"{len(told) + 1:03d}"
        faces = {"front": card.front or unprinted(), "back": card.back or unprinted()}
        for side, picture in faces.items():
            (folder / f"{number}-{side}.png").write_bytes(picture)
        blank = blanks[card.serial]
        told.append(
            {
                "card": number,
                "serial": card.serial,
                "state": str(blank.state),
                "reason": blank.reason,
                "whole": card.whole and job.state is JobState.PRINTED,
                **{side: hashlib.sha256(picture).hexdigest() for side, picture in faces.items()},
            }
        )
    return told


def unprinted() -> bytes:
    """A white face, as the ribbon never touched it."""
    out = io.BytesIO()
    Image.new("RGB", CARD_PIXELS, "white").save(out, "PNG")
    return out.getvalue()


def write_papers(desk: Desk, folder: Path) -> list[dict[str, str]]:
    """Every paper of the day, named by its kind and running number."""
    folder.mkdir()
    told: list[dict[str, str]] = []
    with desk.ledger.reading() as r:
        for paper in r.find(Paper):
            pdf = r.blob(paper.blob)
            name = f"{paper_name(paper)}.pdf"
            (folder / name).write_bytes(pdf)
            told.append({"file": name, "sha256": hashlib.sha256(pdf).hexdigest()})
    return sorted(told, key=lambda one: one["file"])


def paper_name(paper: Paper) -> str:
    """`sth-0001` for the paper STH/0001/1374/03/2026."""
    running = re.search(r"\d+", paper.number)
    return f"{paper.kind}-{running.group() if running else '0'}"


def write_json(path: Path, content: Mapping[str, object]) -> None:
    """Sorted, with one line end on every system."""
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    path.write_bytes(f"{text}\n".encode())


# -- the summary -----------------------------------------------------------------------------


def summary(
    desk: Desk, seed: int, journal: Path, cards: list[dict[str, Any]], papers: list[dict[str, str]]
) -> dict[str, object]:
    """Counts, balance, the journal's head and the time that each step took."""
    entries = list(journal_acts(journal))
    with desk.ledger.reading() as r:
        apps = r.find(Application)
        shifts = r.find(Shift)
        head = r.head()
        balances = [balance for shift in shifts for balance in desk.stock.balances(r, shift.id)]
        states = {
            "blanks": count(blank.state for blank in r.find(Blank)),
            "jobs": count(job.state for job in r.find(Job)),
            "parcels": count(parcel.state for parcel in r.find(Parcel)),
            "returns": count(case.state for case in r.find(ReturnCase)),
            "shifts": count(shift.state for shift in shifts),
        }
    return {
        "format": "loket-demo",
        "version": 1,
        "seed": seed,
        "realm": str(desk.realm),
        "counter": desk.frame.counter,
        "day": desk.frame.today().isoformat(),
        "closed_at": desk.frame.local_now().isoformat(timespec="seconds"),
        "applications": {
            "by_state": count(app.state for app in apps),
            "by_service": count(app.service for app in apps),
            "by_class": count(app.licence_class for app in apps),
            "by_channel": count(app.channel for app in apps),
        },
        "states": states,
        "stock": [balance_facts(balance) for balance in balances],
        "cards": cards,
        "papers": papers,
        "journal": {
            "epoch": head.epoch, "seq": head.seq, "hash": head.hash, "entries": len(entries),
        },
        "officers": count(entry["officer"] for entry in entries if entry["officer"]),
        "acts": count(entry["act"] for entry in entries),
        "step_seconds": step_seconds(entries),
    }  # fmt: skip


def count(values: Iterable[object]) -> dict[str, int]:
    """How often each value occurs, by its name."""
    return dict(sorted(Counter(str(value) for value in values).items()))


def balance_facts(balance: Balance) -> dict[str, object]:
    """One lot's line with the answer to whether it adds up."""
    fields = Balance.__dataclass_fields__
    return {**{name: getattr(balance, name) for name in fields}, "holds": balance.holds}


def journal_acts(path: Path) -> Iterator[dict[str, Any]]:
    """Entries of an export, each with its payload's content."""
    entry: dict[str, Any] | None = None
    for line in path.read_bytes().splitlines():
        read: dict[str, Any] = json.loads(line)
        if read["type"] == "entry":
            if entry is not None:
                yield entry
            entry = {**read, "content": {}}
        elif read["type"] == "payload" and entry is not None:
            entry["content"] = read["content"]
    if entry is not None:
        yield entry


def step_seconds(entries: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """How long cases stood in each state before the act that ended it: visits, total, longest."""
    since: dict[str, datetime] = {}
    spans: dict[str, list[int]] = {}
    for entry in entries:
        if not entry["act"].startswith("application.") or "from" not in entry["content"]:
            continue
        at = datetime.fromisoformat(entry["time"])
        begun = since.get(entry["subject"], at)
        spans.setdefault(entry["content"]["from"], []).append(round((at - begun).total_seconds()))
        since[entry["subject"]] = at
    return {
        state: {"count": len(found), "total": sum(found), "longest": max(found)}
        for state, found in sorted(spans.items())
    }
