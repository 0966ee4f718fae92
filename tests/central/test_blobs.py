"""Pictures go up in parts, can be gone on with, and are what their name says."""

from __future__ import annotations

import hashlib

import pytest

from tests.central.rigs.centre import CentreRig

pytestmark = pytest.mark.central

PART = 262_144
PHOTO = bytes(range(256)) * 2_500  # three parts
SHA = hashlib.sha256(PHOTO).hexdigest()
PARTS = [PHOTO[i : i + PART] for i in range(0, len(PHOTO), PART)]


def test_a_picture_goes_up_and_comes_down(centre: CentreRig) -> None:
    with centre.line("1374-L3") as line:
        assert line.blob_put(SHA, 0, 3, PARTS[0]) == {"have": [0], "done": False}
        assert line.blob_put(SHA, 2, 3, PARTS[2]) == {"have": [0, 2], "done": False}
        assert line.blob_put(SHA, 1, 3, PARTS[1])["done"] is True
        assert line.blob_put(SHA, 1, 3, PARTS[1])["done"] is True
    with centre.line("1374-L4") as line:
        assert b"".join(line.blob_get(SHA, i) or b"" for i in range(3)) == PHOTO
        assert line.blob_get(SHA, 3) is None


def test_it_goes_on_where_the_line_was_cut(centre: CentreRig) -> None:
    with centre.line("1374-L3") as line:
        line.blob_put(SHA, 0, 3, PARTS[0])
    with centre.line("1374-L3") as line:
        assert line.blob_put(SHA, 0, 3, None) == {"have": [0], "done": False}
        line.blob_put(SHA, 1, 3, PARTS[1])
        assert line.blob_put(SHA, 2, 3, PARTS[2])["done"] is True


@pytest.mark.security
def test_bytes_that_arent_what_their_name_says_are_dropped(centre: CentreRig) -> None:
    with centre.line("1374-L3") as line:
        line.blob_put(SHA, 0, 2, PARTS[0])
        answer = line.blob_put(SHA, 1, 2, b"something else")
        assert answer["error"] == "sha"
        assert line.blob_get(SHA, 0) is None
        assert line.blob_put(SHA, 0, 3, None) == {"have": [], "done": False}
    assert centre.ask("SELECT count(*) FROM centre.blob_parts") == [(0,)]
    assert centre.ask("SELECT call, code FROM centre.refused") == [("blob_put", "sha")]


def test_several_go_up_in_one_round_trip(centre: CentreRig) -> None:
    faces = [f"face {number}".encode() for number in range(3)]
    named = [(hashlib.sha256(face).hexdigest(), face) for face in faces]
    with centre.line("1374-L3") as line:
        assert line.blob_put(named[1][0], 0, 1, named[1][1])["done"] is True
        answers = line.blobs_put([named[0], named[1], (SHA, b"another face"), named[2]])
        assert [answer.get("done") for answer in answers] == [True, True, None, True]
        assert answers[2]["error"] == "sha"
        assert [line.blob_get(sha, 0) for sha, _ in named] == faces
        assert line.blobs_put([]) == []
        assert line.blob_get(SHA, 0) is None
    with centre.line("1374-L3") as line:
        assert [answer["done"] for answer in line.blobs_put(named)] == [True] * 3
    assert centre.ask("SELECT count(*) FROM centre.blob_parts") == [(3,)]


@pytest.mark.security
def test_knowing_a_digest_gives_nobody_another_offices_photo(centre: CentreRig) -> None:
    small = b"a face"
    sha = hashlib.sha256(small).hexdigest()
    with centre.line("1374-L3") as line:
        assert line.blob_put(sha, 0, 1, small)["done"] is True
    with centre.line("3275-L1") as line:
        assert line.blob_get(sha, 0) is None
        assert line.blob_put(sha, 0, 1, None) == {"have": [], "done": False}
        assert line.blob_get(sha, 0) is None


def test_what_the_centre_gave_to_the_country_is_read_everywhere(centre: CentreRig) -> None:
    small = b"a poster"
    sha = hashlib.sha256(small).hexdigest()
    centre.do("INSERT INTO centre.blobs (office, sha, parts, done) VALUES ('*', %s, 1, true)", sha)
    centre.do("INSERT INTO centre.blob_parts VALUES ('*', %s, 0, %s)", sha, small)
    with centre.line("3275-L1") as line:
        assert line.blob_get(sha, 0) == small


@pytest.mark.security
@pytest.mark.parametrize(
    ("sha", "part", "parts", "size"),
    [
        ("../../etc/passwd", 0, 1, 1),
        (SHA.upper(), 0, 1, 1),
        (SHA, 1, 1, 1),
        (SHA, -1, 1, 1),
        (SHA, 0, 0, 1),
        (SHA, 0, 33, 1),
        (SHA, 0, 1, PART + 1),
    ],
)
def test_strange_parts_are_refused(
    centre: CentreRig, sha: str, part: int, parts: int, size: int
) -> None:
    with centre.line("1374-L3") as line:
        answer = line.blob_put(sha, part, parts, b"x" * size)
    assert answer["error"] == "too_large"
    assert centre.ask("SELECT count(*) FROM centre.blobs") == [(0,)]


def test_a_picture_cut_otherwise_is_begun_anew(centre: CentreRig) -> None:
    with centre.line("1374-L3") as line:
        line.blob_put(SHA, 0, 4, PARTS[0])
        for part in range(3):
            answer = line.blob_put(SHA, part, 3, PARTS[part])
    assert answer["done"] is True
