"""The sample officers, whose credentials the sign-in screen shows in training."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.domain.officer import Role


@dataclass(frozen=True, slots=True)
class SampleOfficer:
    """Somebody of the training office. The password is no secret."""

    nrp: str
    rank: str
    name: str
    roles: tuple[Role, ...]
    password: str


SAMPLE_OFFICERS = (
    SampleOfficer(
        "79010001",
        "Bripka",
        "Andi Pratama",
        (Role.REGISTRATION, Role.IDENTIFICATION, Role.PRODUCTION),
        "andi123",
    ),
    SampleOfficer(
        "85020002",
        "Briptu",
        "Dewi Lestari",
        (Role.REGISTRATION, Role.IDENTIFICATION, Role.EXAMINER),
        "dewi123",
    ),
    SampleOfficer(
        "78030003", "Aiptu", "Rahmat Hidayat", (Role.PRODUCTION, Role.DISPATCH), "rahmat1"
    ),
    SampleOfficer("76040004", "Ipda", "Sri Wahyuni", (Role.APPROVER,), "sri123"),
    SampleOfficer(
        "74050005", "AKP", "Bambang Sutrisno", (Role.SUPERVISOR, Role.APPROVER), "bambang"
    ),
    SampleOfficer(
        "82060006", "Aipda", "Nyoman Artha", (Role.STOCK_KEEPER, Role.DISPATCH), "nyoman1"
    ),
    SampleOfficer("80070007", "Brigadir", "Yohana Mambrasar", (Role.AUDITOR,), "yohana1"),
    SampleOfficer("77080008", "Penata", "Hendra Wijaya", (Role.ADMINISTRATOR,), "hendra1"),
)
