"""The scripted day, played as a user would: a child process, and what it leaves in its folder."""

from __future__ import annotations

import argparse
import errno
import hashlib
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from desktop.cards import cose
from desktop.cards.seal import CardStatement, PaperStatement, PaperType, message_of
from desktop.cards.seal_check import SealFault, check
from desktop.cards.seal_keys import read_seal_keys
from desktop.commands import demo
from desktop.commands import journal as journal_command
from desktop.domain.reasons import SendBackReason
from desktop.domain.service import Service
from desktop.services.desk import Desk
from desktop.training.day_cast import make_cast
from desktop.training.day_script import SCRIPT
from desktop.training.office import PEOPLE, PEOPLE_SEED
from desktop.training.officers import SAMPLE_OFFICERS
from desktop.training.people import make_people
from tests.walks.world import MORNING
from ui.screens.walkin_asks import rejects_for

pytestmark = pytest.mark.timeout(300)
"""Two whole days are played here, each of some 15 seconds on an idle machine."""

ROOT = Path(__file__).resolve().parents[2]

CHILD = """
import runpy, sys
met = []
others = ("socket.", "subprocess.", "os.posix_spawn", "os.fork", "os.exec", "os.spawn", "os.system")
sys.addaudithook(lambda event, args: met.append(event) if event.startswith(others) else None)
sys.argv = ["main.py", *sys.argv[1:]]
try:
    runpy.run_path("main.py", run_name="__main__")
finally:
    print("sockets:", sorted(set(met)))
"""
"""Runs main.py and tells of every socket that anything in the process asked for, and of every
process that it began, which might open one unseen."""


@dataclass(frozen=True)
class Played:
    """One run of the demo."""

    out: Path
    code: int
    told: str
    errors: str
    temporary: Path

    @cached_property
    def summary(self) -> dict[str, Any]:
        return json.loads((self.out / "summary.json").read_bytes())

    @cached_property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(x) for x in (self.out / "journal.jsonl").read_bytes().splitlines()]

    @property
    def entries(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["type"] == "entry"]

    def content(self, entry: dict[str, Any]) -> dict[str, Any]:
        """An entry's payload."""
        return self._contents[entry["entry_id"]]

    @cached_property
    def _contents(self) -> dict[str, dict[str, Any]]:
        return {x["entry_id"]: x["content"] for x in self.lines if x["type"] == "payload"}

    def acts(self, name: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Entries of one act, each with its payload."""
        for entry in self.entries:
            if entry["act"] == name:
                yield entry, self.content(entry)


def play(out: Path, *more: str, hash_seed: str = "0") -> Played:
    """The demo in a process of its own, with a folder of its own for what is temporary."""
    temporary = out.with_name(f"{out.name}-temporary")
    temporary.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", CHILD, "demo", "--out", str(out), *more],
        cwd=ROOT, capture_output=True, encoding="utf-8", timeout=300, check=False,
        env={**_environment(), "PYTHONHASHSEED": hash_seed, "PYTHONUTF8": "1",
             "TMPDIR": str(temporary)},
    )  # fmt: skip
    return Played(out, done.returncode, done.stdout, done.stderr, temporary)


def _environment() -> dict[str, str]:
    import os

    return {k: v for k, v in os.environ.items() if k not in ("PYTHONHASHSEED", "PYTHONUTF8")}


@pytest.fixture(scope="session")
def day(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The day of seed 1, played once."""
    return play(tmp_path_factory.mktemp("demo") / "out")


def test_the_day_ends_well_and_tells_its_story(day: Played) -> None:
    assert day.code == 0, day.errors
    assert not day.errors
    assert str(day.out) in day.told
    assert "07.3" in day.told


def test_no_socket_is_opened(day: Played) -> None:
    assert day.told.splitlines()[-1] == "sockets: []"


def test_it_begins_on_the_second_of_march_at_half_past_seven(day: Played) -> None:
    times = [datetime.fromisoformat(entry["time"]) for entry in day.entries]
    assert times[0] == MORNING
    assert MORNING + timedelta(hours=8) < times[-1] < MORNING + timedelta(hours=10)


def test_its_profile_is_gone_with_the_temporary_folder(day: Played) -> None:
    assert list(day.temporary.iterdir()) == []


def test_what_lies_in_the_folder(day: Played) -> None:
    assert sorted(path.name for path in day.out.iterdir()) == [
        "cards", "journal.jsonl", "papers", "seal-keys.json", "summary.json", "timing.json",
    ]  # fmt: skip
    cards = sorted(path.name for path in (day.out / "cards").iterdir())
    count = len(day.summary["cards"])
    assert cards == sorted(
        f"{n:03d}-{side}.png" for n in range(1, count + 1) for side in ("front", "back")
    )
    for path in (day.out / "papers").iterdir():
        assert re.fullmatch(r"[a-z]+-\d{4}\.pdf", path.name)


def test_the_seals_in_the_folder_are_judged_offline(day: Played) -> None:
    """Read from the pictures by a reader that isn't ours, judged with the keys beside them."""
    keys = read_seal_keys((day.out / "seal-keys.json").read_bytes())
    at = MORNING + timedelta(hours=12)
    for card in day.summary["cards"]:
        with Image.open(day.out / "cards" / f"{card['card']}-back.png") as back:
            found = zxingcpp.read_barcodes(back.convert("L"))
        if not card["whole"]:
            continue
        [text] = [code.text for code in found if code.text.startswith("SIM1:")]
        verdict = check(text, keys, at)
        assert isinstance(verdict.statement, CardStatement)
        assert verdict.statement.serial == card["serial"]
        good = card["state"] == "issued"
        assert verdict.fault is (None if good else SealFault.WITHDRAWN)
    assert any(card["state"] == "destroyed" for card in day.summary["cards"])


PAPERS = {
    "bak": PaperType.OTHER,
    "bap": PaperType.DESTRUCTION_MINUTES,
    "lh": PaperType.DAY_REPORT,
    "ltg": PaperType.SHIFT_CLOSE,
    "mnf": PaperType.MANIFEST,
    "pbk": PaperType.SENT_BACK,
    "sth": PaperType.HANDOVER_RECEIPT,
}
"""The kinds that bear a seal; a courier's label bears the journal's head in plain text."""


def codes_on(paper: Path) -> list[str]:
    """The codes on a paper's first page as a scanner of 300 dpi sees it."""
    with pypdfium2.PdfDocument(paper) as document:
        picture = document[0].render(scale=300 / 72).to_pil().convert("L")
    return [code.text for code in zxingcpp.read_barcodes(picture)]


def test_papers_are_sealed_with_the_journal_s_head(day: Played) -> None:
    """One paper of every kind, against the keys and the journal that lie beside it."""
    keys = read_seal_keys((day.out / "seal-keys.json").read_bytes())
    heads = {(entry["epoch"], entry["seq"]): entry["hash"] for entry in day.entries}
    made = {content["number"]: entry for entry, content in day.acts("paper.made")}
    kinds = sorted({path.name.split("-")[0] for path in (day.out / "papers").iterdir()})
    assert kinds == sorted([*PAPERS, "lbl"])
    for kind in kinds:
        path = min((day.out / "papers").glob(f"{kind}-*.pdf"))
        if kind == "lbl":
            [text] = [text for text in codes_on(path) if text.startswith("LOKET1:")]
            *_, epoch, seq, head = text.split(":")
            assert heads[int(epoch), int(seq)][:32] == head
            continue
        [text] = [text for text in codes_on(path) if text.startswith("SIM1:")]
        verdict = check(text, keys, MORNING + timedelta(hours=12))
        assert verdict.good, (kind, verdict.fault)
        said = verdict.statement
        assert isinstance(said, PaperStatement)
        assert said.paper is PAPERS[kind]
        assert said.number.startswith(f"{kind.upper()}/")
        assert heads[said.epoch, said.seq][: 2 * len(said.head)] == said.head.hex()
        entry = made[said.number]
        assert said.counter == entry["counter"]
        assert (said.epoch, said.seq) == (entry["epoch"], entry["seq"] - 1), "the head before it"


def test_a_foreign_library_verifies_a_card_of_the_day(day: Played) -> None:
    """cwt knows nothing of this program; it gets the card's picture and the published key."""
    from cwt import COSE, COSEKey, VerifyError

    keys = read_seal_keys((day.out / "seal-keys.json").read_bytes())
    card = next(card for card in day.summary["cards"] if card["state"] == "issued")
    with Image.open(day.out / "cards" / f"{card['card']}-back.png") as back:
        found = zxingcpp.read_barcodes(back.convert("L"))
    [text] = [code.text for code in found if code.text.startswith("SIM1:")]
    message = message_of(text)
    kid = cose.read1(message).kid
    [certificate] = [k.certificate for k in keys.keys if cose.kid_of(k.certificate.key_id) == kid]
    known = COSEKey.new({1: 1, 2: kid, 3: -8, 4: [2], -1: 6, -2: certificate.public})
    payload = COSE.new().decode(message, known)
    assert card["serial"].encode() in payload
    broken = bytearray(message)
    broken[-1] ^= 1
    with pytest.raises(VerifyError):
        COSE.new().decode(bytes(broken), known)


def test_no_person_stands_in_a_name_or_in_the_story(day: Played) -> None:
    cast = make_cast(1, MORNING.date())
    people = [*make_people(PEOPLE_SEED, PEOPLE, today=MORNING.date()), cast.new_a]
    said = day.told.casefold()
    for person in people:
        assert person.name.casefold() not in said
        assert person.nik not in said
    names = " ".join(path.name for path in day.out.rglob("*"))
    assert not re.search(r"\d{12}", names)


def test_every_face_is_a_picture_of_a_card(day: Played) -> None:
    for card in day.summary["cards"]:
        for side in ("front", "back"):
            path = day.out / "cards" / f"{card['card']}-{side}.png"
            assert hashlib.sha256(path.read_bytes()).hexdigest() == card[side]
            with Image.open(path) as image:
                assert image.size == (1011, 638)


def test_every_paper_opens_and_is_marked_for_training(day: Played) -> None:
    for path in (day.out / "papers").iterdir():
        reader = PdfReader(path)
        assert len(reader.pages) >= 1
        assert "CONTOH" in reader.pages[0].extract_text().replace("\n", "")


def test_the_journal_verifies(day: Played, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    journal_command.add_parser(parser.add_subparsers())
    args = parser.parse_args(["journal", "verify", str(day.out / "journal.jsonl")])
    assert args.run(args) == 0, capsys.readouterr().out
    head = day.summary["journal"]
    last = day.entries[-1]
    assert (last["seq"], last["hash"]) == (head["seq"], head["hash"])


def test_five_officers_act_and_nobody_approves_own_work(day: Played) -> None:
    known = {sample.nrp for sample in SAMPLE_OFFICERS}
    assert set(day.summary["officers"]) <= known
    assert len(day.summary["officers"]) >= 5
    making = {
        "application.register", "application.check_requirements", "application.pass_tests",
        "application.match_payment", "application.capture", "application.confirm_data",
        "application.claim", "application.verify",
    }  # fmt: skip
    makers: dict[str, set[str]] = {}
    approved = 0
    for entry in day.entries:
        if entry["act"] in making and entry["officer"]:
            makers.setdefault(entry["subject"], set()).add(entry["officer"])
        if entry["act"] == "application.approve":
            approved += 1
            assert entry["officer"] not in makers[entry["subject"]]
            assert {a["officer"] for a in entry["approvals"]} == {entry["officer"]}
    assert approved >= 6


def test_the_walk_ins_of_the_day(day: Played) -> None:
    """A renewal of C, a new A with its tests, a lost card: each to its handover."""
    asked = {
        entry["subject"]: (content["service"], content["class"])
        for entry, content in day.acts("application.register")
    }
    handed = {entry["subject"] for entry, _ in day.acts("application.hand_over")}
    served = Counter(asked[subject] for subject in handed)
    assert served[("renewal", "C")] >= 2
    assert served[("new_issue", "A")] == 1
    assert served[("replace_lost", "C")] == 1
    [(tested, content)] = day.acts("application.pass_tests")
    assert asked[tested["subject"]] == ("new_issue", "A")
    assert {"theory_test", "practical_test"} <= set(content["tests"])


def visits_for_two(day: Played) -> list[dict[str, str]]:
    """People who came for A and C at once: their cases by class."""
    found: dict[str, dict[str, str]] = {}
    for entry, content in day.acts("application.register"):
        found.setdefault(content["nik"], {})[content["class"]] = entry["subject"]
    return [cases for cases in found.values() if set(cases) == {"A", "C"}]


def test_of_two_visits_for_a_and_c_one_gets_both_and_one_the_a_alone(day: Played) -> None:
    [(refused, content)] = day.acts("application.reject")
    assert content["reason"] == "card_seized"
    assert content["reason"] in rejects_for(Service.RENEWAL), "an officer can press it too"
    handed = {entry["subject"] for entry, _ in day.acts("application.hand_over")}
    [whole] = [cases for cases in visits_for_two(day) if set(cases.values()) <= handed]
    [part] = [cases for cases in visits_for_two(day) if cases != whole]
    assert part["C"] == refused["subject"]
    assert part["C"] not in handed
    assert part["A"] in handed


def test_twelve_files_from_home_and_two_sent_back(day: Played) -> None:
    assert day.summary["applications"]["by_channel"]["online"] == 12
    back = [content for _, content in day.acts("application.send_back")]
    assert len(back) == 2
    for content in back:
        assert content["reasons"]
        assert set(content["reasons"]) <= set(SendBackReason)
    assert len(list(day.acts("application.verify"))) == 10


def test_a_case_s_first_act_is_its_registration(day: Played) -> None:
    """What is typed before it is a draft, and leaves no entry."""
    first: dict[str, str] = {}
    for entry in day.entries:
        first.setdefault(entry["subject"], entry["act"])
    cases = {e["subject"] for e in day.entries if e["act"].startswith("application.")}
    begun = Counter(first[subject] for subject in cases)
    assert begun.keys() == {"application.register", "application.receive"}
    assert begun.total() == sum(day.summary["applications"]["by_channel"].values())


def test_one_batch_with_a_jam_in_the_middle(day: Played) -> None:
    cards = day.summary["cards"]
    jammed = [card for card in cards if card["reason"] == "jam"]
    assert [card["whole"] for card in jammed] == [False]
    place = cards.index(jammed[0])
    assert cards[place - 1]["whole"]
    assert cards[place + 1]["whole"]
    told = re.search(r"macet setelah (\d+) kartu jadi; (\d+) masih menunggu", day.told)
    assert told is not None
    good, left = int(told[1]), int(told[2])
    assert good + left == len(list(day.acts("application.verify")))
    assert good > 0, "some were made before it"
    assert left > 1, "the jammed one, and others behind it"
    spoiled = [content for _, content in day.acts("application.spoil")]
    assert sorted(content["reason"] for content in spoiled) == ["jam", "print_defect"]
    assert day.summary["states"]["jobs"] == {"failed": 1, "printed": len(cards) - 1}


def test_a_swapped_card_stays_on_the_counter(day: Played) -> None:
    """The story tells of the swap, and each of the two cards went with its own case."""
    assert "tertukar" in day.told
    handed = {entry["subject"]: content for entry, content in day.acts("application.hand_over")}
    made = {entry["subject"]: content for entry, content in day.acts("application.make_ready")}
    assert handed
    for subject, content in handed.items():
        assert content["serial"] == made[subject]["serial"]


def test_parcels_go_with_manifests_and_two_come_back(day: Played) -> None:
    closed = [content for _, content in day.acts("manifest.closed")]
    assert [content["number"] for content in closed] == [30001, 30002]
    assert all(content["counted"] == len(content["waybills"]) for content in closed)
    assert day.summary["states"]["returns"] == {"destroyed": 1, "redispatched": 1}
    [(again, _)] = day.acts("return.redispatch")
    [(recalled, _)] = day.acts("return.recall")
    assert again["subject"] != recalled["subject"]
    assert day.summary["applications"]["by_state"]["recalled"] == 1


def test_what_needs_two_officers_has_two(day: Played) -> None:
    for act in ("return.recall", "return.verify", "stock.destroyed"):
        found = list(day.acts(act))
        assert found, act
        for entry, _ in found:
            assert len({approval["officer"] for approval in entry["approvals"]}) == 2


def test_the_stock_adds_up_and_the_shift_is_closed(day: Played) -> None:
    [lot] = day.summary["stock"]
    assert lot["holds"]
    came = lot["opening"] + lot["received"] + lot["transferred_in"]
    gone = sum(
        lot[name] for name in ("issued", "spoiled", "transferred_out", "to_be_destroyed", "missing")
    )
    assert came == gone + lot["closing"]
    cards = day.summary["cards"]
    assert lot["opening"] - lot["closing"] == len(cards)
    assert day.summary["states"]["shifts"] == {"closed": 1}
    [(entry, content)] = day.acts("shift.counted")
    assert list(content["counted"].values()) == [lot["closing"]]
    [(close, _)] = day.acts("shift.closed")
    assert close["officer"] != entry["officer"]


def test_the_summary_is_canonical(day: Played) -> None:
    text = json.dumps(day.summary, ensure_ascii=False, indent=1, sort_keys=True)
    assert (day.out / "summary.json").read_bytes() == f"{text}\n".encode()
    assert set(day.summary["step_seconds"]) >= {"approved", "confirmed", "claimed", "ready"}


def test_counts_by_state_and_time_by_step_are_the_journal_s(day: Played) -> None:
    """Every case counts once, where its last move left it; every move ended one stay."""
    moves = [
        (entry["subject"], content)
        for entry in day.entries
        if entry["act"].startswith("application.") and "from" in (content := day.content(entry))
    ]
    ended = {case: content["to"] for case, content in moves}
    counts = day.summary["applications"]
    assert counts["by_state"] == Counter(ended.values())
    for name in ("by_channel", "by_service", "by_class"):
        assert sum(counts[name].values()) == sum(counts["by_state"].values())
    steps = day.summary["step_seconds"]
    assert {step: told["count"] for step, told in steps.items()} == Counter(
        content["from"] for _, content in moves
    )
    for told in steps.values():
        assert told["total"] >= told["longest"] >= 0
    assert all(steps[step]["total"] > 0 for step in ("approved", "confirmed", "claimed"))


def test_real_times_stand_apart_for_each_act(day: Played) -> None:
    told = json.loads((day.out / "timing.json").read_bytes())["seconds"]
    assert set(told) == {"prepare", *(act.__name__ for _, _, act in SCRIPT), "write", "whole"}
    assert told["whole"] >= sum(seconds for name, seconds in told.items() if name != "whole") - 1


def test_papers_say_words_and_no_ids(day: Played) -> None:
    kinds = {path.name.split("-")[0] for path in (day.out / "papers").iterdir()}
    assert kinds >= {"sth", "pbk", "lbl", "mnf", "bak", "bap", "ltg", "lh"}
    for path in (day.out / "papers").iterdir():
        text = " ".join(page.extract_text() for page in PdfReader(path).pages)
        assert not re.search(r"(enum|problem|stock|papers|forms)\.[A-Za-z_]+\.?[A-Za-z_]*", text)


def test_no_step_of_the_story_is_left_without_words(day: Played) -> None:
    assert "demo." not in day.told
    english = (ROOT / "resources/words/en/demo.toml").read_text(encoding="utf-8")
    assert "opened" in english


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("kept", encoding="utf-8")
    refused = play(tmp_path, "--lang", "en")
    assert refused.code == 2
    assert "isn't empty" in refused.told
    assert "--out" in refused.told
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_file_in_the_folders_place_is_refused(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("kept", encoding="utf-8")
    refused = play(taken)
    assert refused.code == 2
    assert taken.read_text(encoding="utf-8") == "kept"


def test_a_full_disk_leaves_nothing_half_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(desk: Desk, folder: Path) -> list[dict[str, str]]:
        folder.mkdir()
        (folder / "sth-0001.pdf").write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(demo, "Day", lambda desk, *_: SimpleNamespace(desk=desk, cards={}))
    monkeypatch.setattr(demo, "play", lambda *_: None)
    monkeypatch.setattr(demo.output, "write_papers", full)
    out = tmp_path / "out"
    args = argparse.Namespace(out=out, seed=1, lang="en")
    assert demo.run(args) == 2
    assert "No space left" in capsys.readouterr().out
    assert list(out.iterdir()) == []


def test_the_same_seed_gives_the_same_day(day: Played, tmp_path: Path) -> None:
    again = play(tmp_path / "again", "--seed", "1", "--lang", "en", hash_seed="4711")
    assert again.code == 0, again.errors

    def files(out: Path) -> dict[str, str]:
        return {
            path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(out.rglob("*"))
            if path.is_file() and path.name != "timing.json"
        }

    assert files(again.out) == files(day.out)


def test_another_seed_has_other_people() -> None:
    today = MORNING.date()
    casts = {make_cast(seed, today).renewal_c.nik for seed in range(1, 6)}
    assert len(casts) > 1


@pytest.mark.long
@pytest.mark.parametrize("seed", [2, 3, 1374])
def test_every_seed_plays_through(day: Played, tmp_path: Path, seed: int) -> None:
    other = play(tmp_path / "out", "--seed", str(seed))
    assert other.code == 0, other.errors
    assert other.summary["seed"] == seed
    assert other.summary["cards"] != day.summary["cards"]
    assert other.summary["journal"]["hash"] != day.summary["journal"]["hash"]
