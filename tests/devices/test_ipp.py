"""IPP and rasters as bytes: what is written is read, and garbage is only ever named garbage."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from devices.adapters.queue_reasons import (
    card_fault,
    card_reasons,
    paper_fault,
    paper_reasons,
    ribbon,
    serial_of,
)
from devices.device import HealthReason, SupplyName
from devices.errors import CardJam, CoverOpen, OutOfCards, OutOfPaper, OutputTrayFull, RibbonEnded
from devices.wire.ipp_codec import (
    Group,
    IppGarbled,
    Message,
    Resolution,
    Span,
    Tag,
    Value,
    decode,
    encode,
    integer,
    keyword,
    members,
    number,
    texts,
)
from devices.wire.ipp_line import Address
from devices.wire.raster import RasterGarbled, read_raster, write_pwg, write_urf

names = st.text(st.characters(min_codepoint=97, max_codepoint=122), min_size=1, max_size=12)
numbers = st.integers(-(2**31), 2**31 - 1)
plain = st.one_of(
    st.builds(Value, st.just(int(Tag.INTEGER)), numbers),
    st.builds(Value, st.just(int(Tag.BOOLEAN)), st.booleans()),
    st.builds(Value, st.just(int(Tag.KEYWORD)), names),
    st.builds(Value, st.just(int(Tag.NAME)), st.text(max_size=30)),
    st.builds(Value, st.just(int(Tag.OCTETS)), st.binary(max_size=30)),
    st.builds(Value, st.just(int(Tag.NO_VALUE)), st.none()),
    st.builds(Value, st.just(int(Tag.RANGE)), st.builds(Span, numbers, numbers)),
    st.builds(
        Value,
        st.just(int(Tag.RESOLUTION)),
        st.builds(Resolution, numbers, numbers, st.integers(3, 4)),
    ),
)


def collected(inner: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    many = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.builds(Value, st.just(int(Tag.COLLECTION)), st.dictionaries(names, many, max_size=3))


values = st.recursive(plain, collected, max_leaves=4)
groups = st.builds(
    Group,
    st.sampled_from([int(Tag.OPERATION), int(Tag.JOB), int(Tag.PRINTER)]),
    st.dictionaries(names, st.lists(values, min_size=1, max_size=2).map(tuple), max_size=3),
)
messages = st.builds(
    Message,
    st.integers(0, 0xFFFF),
    st.integers(1, 2**31 - 1),
    st.lists(groups, max_size=3).map(tuple),
    st.binary(max_size=60),
)


@given(messages)
def test_what_is_written_is_read(message: Message) -> None:
    assert decode(encode(message)) == message


@given(st.binary(max_size=400))
def test_garbage_is_named(raw: bytes) -> None:
    for start in (b"", b"\x02\x00\x00\x00\x00\x00\x00\x01\x04"):
        try:
            decode(start + raw)
        except IppGarbled:
            continue


@given(messages, st.data())
def test_a_message_that_was_changed_or_cut_is_read_or_named(
    message: Message, data: st.DataObject
) -> None:
    raw = bytearray(encode(message))
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(raw)))
    try:
        decode(bytes(raw[:cut]))
    except IppGarbled:
        return


def test_nesting_has_an_end() -> None:
    value = Value(Tag.INTEGER, 1)
    for _ in range(40):
        value = Value(Tag.COLLECTION, {"m": (value,)})
    with pytest.raises(IppGarbled, match="deep"):
        decode(encode(Message(0, 1, (Group(Tag.PRINTER, {"a": (value,)}),))))


def test_an_absurd_length_is_named() -> None:
    with pytest.raises(IppGarbled):
        decode(b"\x02\x00\x00\x00\x00\x00\x00\x01\x04\x21\x7f\xff")


def test_values_in_plain_python() -> None:
    media = Value(Tag.COLLECTION, {"x": integer(8560)})
    group = {"a": keyword("one", "two"), "n": integer(5), "m": (media,)}
    assert texts(group, "a") == ("one", "two")
    assert number(group, "n") == 5
    assert number(group, "a") is None
    assert number(members(group, "m")[0], "x") == 8560


dots = st.integers(1, 40).flatmap(
    lambda width: st.integers(1, 12).flatmap(
        lambda height: st.tuples(
            st.just((width, height)),
            st.one_of(
                st.binary(min_size=width * height * 3, max_size=width * height * 3),
                st.binary(min_size=1, max_size=3).map(
                    lambda few: (few * (width * height * 3))[: width * height * 3]
                ),
            ),
        )
    )
)


@given(dots)
def test_pages_come_back_dot_for_dot(page: tuple[tuple[int, int], bytes]) -> None:
    size, raw = page
    image = Image.frombytes("RGB", size, raw)
    for write in (write_pwg, write_urf):
        pages = read_raster(write([image, image], 300, two_sided=True))
        assert [(each.image.size, each.dpi) for each in pages] == [(size, 300)] * 2
        assert all(each.image.tobytes() == raw for each in pages)


@given(st.binary(max_size=200))
def test_garbled_pages_are_named(raw: bytes) -> None:
    whole = write_urf([Image.new("RGB", (8, 8), "red")], 300)
    for start in (b"", b"RaS2", b"UNIRAST\x00", whole[:44]):
        try:
            read_raster(start + raw)
        except RasterGarbled:
            continue


@pytest.mark.parametrize(
    ("server", "authority", "path"),
    [
        ("localhost", "localhost:631", ""),
        ("10.0.0.7:8631", "10.0.0.7:8631", ""),
        ("[::1]:631", "[::1]:631", ""),
        ("/run/cups/cups.sock", "localhost:631", "/run/cups/cups.sock"),
    ],
)
def test_a_server_is_read(server: str, authority: str, path: str) -> None:
    address = Address.read(server)
    assert (address.authority, address.path) == (authority, path)


@pytest.mark.parametrize("server", ["", "http://x/", "user@host", "host/x", "host:999999"])
def test_no_server(server: str) -> None:
    with pytest.raises(ValueError):
        Address.read(server)


@pytest.mark.parametrize(
    ("reason", "wanted", "fault"),
    [
        ("media-empty-error", HealthReason.OUT_OF_CARDS, OutOfCards),
        ("media-needed", HealthReason.OUT_OF_CARDS, OutOfCards),
        ("media-jam-warning", HealthReason.CARD_JAM, CardJam),
        ("door-open-report", HealthReason.COVER_OPEN, CoverOpen),
        ("marker-supply-empty-error", HealthReason.RIBBON_ENDED, RibbonEnded),
        ("output-area-full-error", HealthReason.OUTPUT_TRAY_FULL, OutputTrayFull),
        ("marker-supply-low-warning", HealthReason.RIBBON_LOW, None),
        ("paused", HealthReason.QUEUE_STOPPED, None),
        ("something-new-error", HealthReason.OTHER_FAULT, None),
    ],
)
def test_a_card_printer_s_reasons(
    reason: str, wanted: HealthReason, fault: type[Exception] | None
) -> None:
    reasons = card_reasons(3, (reason,))
    assert reasons == (wanted,)
    found = card_fault(reasons, begun=True)
    assert (None if found is None else type(found)) is fault


def test_reasons_of_papers_and_of_nothing() -> None:
    assert card_reasons(3, ("none", "something-new-report")) == ()
    assert card_reasons(5, ("none",)) == (HealthReason.QUEUE_STOPPED,)
    assert paper_reasons(3, ("media-empty", "toner-low-report")) == (
        HealthReason.OUT_OF_PAPER,
        HealthReason.SUPPLY_LOW,
    )
    assert isinstance(paper_fault((HealthReason.OUT_OF_PAPER,)), OutOfPaper)
    assert paper_fault((HealthReason.SUPPLY_LOW,)) is None


@pytest.mark.parametrize(
    ("device_id", "serial"),
    [
        ("MFG:Contoh;MDL:CP300;SN:00A7-12;", "00A7-12"),
        ("SERN: X 9 ;CMD:PDF", "X 9"),
        ("MFG:Contoh;SERIALNUMBER:77", "77"),
        ("MFG:ASN:1;MDL:CP300;", ""),
        ("", ""),
    ],
)
def test_a_device_id_may_tell_a_serial_number(device_id: str, serial: str) -> None:
    assert serial_of(device_id) == serial


def test_the_ribbon_is_reckoned_in_cards() -> None:
    marker = {"marker-levels": integer(8), "marker-low-levels": integer(10)}
    (left,) = ribbon(marker, 200)
    assert (left.name, left.left, left.capacity, left.low) == (SupplyName.RIBBON, 16, 200, True)
    assert ribbon({"marker-levels": integer(-2)}, 200) == ()
