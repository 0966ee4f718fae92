"""Search as you type over many people: what Ctrl+K answers after each letter.

Names and numbers are typed letter by letter, as an officer types them, and each letter asks the
whole question: index, then the rows of the first twenty.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import msgspec

from db.bare import PersonLine, load_people
from desktop.commands.bench_report import Figure, median_ms, share_ms
from desktop.commands.bench_world import BenchWorld
from desktop.domain.person import Person as KnownPerson
from desktop.domain.person import fold
from desktop.presenters.find import LEAST_LETTERS, Find
from desktop.training.names import kind_of, make_name
from desktop.training.people import make_nik

LIMIT_MS = 16.0
SEED = 5
FIRST_BIRTH = date(1960, 1, 1)
DISTRICTS = 2000


def measure(people: int = 1_000_000, searches: int = 400) -> Figure:
    """The 99th hundredth of the time for one letter, over `searches` names and numbers."""
    with tempfile.TemporaryDirectory(prefix="loket-bench-") as folder:
        world = BenchWorld.open(Path(folder) / "profile")
        try:
            began = time.perf_counter()
            _load(world, people)
            loading = time.perf_counter() - began
            return _measure(world, people, searches, loading)
        finally:
            world.desk.close()


def _load(world: BenchWorld, people: int) -> None:
    with world.desk.ledger.reading() as r:
        (sample,) = r.find(KnownPerson, limit=1)
    store = world.desk.ledger.store
    load_people(store.path, world.desk.profile.store_key(), _lines(sample, people))


def _lines(sample: KnownPerson, people: int) -> Iterator[PersonLine]:
    """So many different people; their rows are as large as real ones."""
    source = random.Random(SEED)  # noqa: S311 - names for a measurement
    body = msgspec.to_builtins(sample)
    for name in ("id", "version", "nik", "folded_name"):
        body.pop(name, None)
    for number in range(people):
        woman = source.random() < 0.45
        name = make_name(source, woman=woman, kind=kind_of(source))
        born = FIRST_BIRTH + timedelta(days=source.randrange(18_000))
        district = f"{32_0000 + source.randrange(DISTRICTS):06d}"
        nik = make_nik(district, born, woman=woman, serial=number % 10_000)
        body["applicant"] |= {"name": name, "nik": nik, "birth_date": born.isoformat()}
        yield PersonLine(
            f"person-{number:08d}", nik, fold(name)[:255], msgspec.json.encode(body).decode()
        )


def _typed(world: BenchWorld, people: int, searches: int) -> list[str]:
    """Everything that stands in the field while these names and numbers are typed."""
    source = random.Random(SEED + 1)  # noqa: S311
    typed: list[str] = []
    with world.desk.ledger.reading() as r:
        for at in range(searches):
            person = r.get(KnownPerson, f"person-{source.randrange(people):08d}")
            text = person.applicant.name.lower() if at % 4 else person.nik
            words = text.split()
            if at % 3 == 1:
                words.reverse()
            text = " ".join(words)[:24]
            typed += [text[:length] for length in range(LEAST_LETTERS, len(text) + 1)]
    return typed


def _measure(world: BenchWorld, people: int, searches: int, loading: float) -> Figure:
    find = Find(world.desk)
    typed = _typed(world, people, searches)
    for text in typed[:20]:
        find.find(text)
    times: list[float] = []
    most = 0
    for text in typed:
        began = time.perf_counter()
        found = find.find(text)
        times.append(time.perf_counter() - began)
        most = max(most, len(found))
    return Figure(
        "search",
        share_ms(times, 0.99),
        LIMIT_MS,
        "ms",
        {
            "people": people,
            "letters": len(times),
            "p50_ms": median_ms(times),
            "p99_ms": share_ms(times, 0.99),
            "most_ms": share_ms(times, 1.0),
            "most_hits": most,
            "store_mb": round(world.desk.ledger.store.path.stat().st_size / 1e6),
            "loading_s": round(loading, 1),
        },
    )
