"""An applicant as the fields of a form, and back: one way for the walk-in and the card desk."""

from __future__ import annotations

from dataclasses import replace

from desktop.domain.person import Applicant, Sex
from desktop.presenters.walkin_base import parse_day
from desktop.presenters.walkin_identity import sex_of


def blood_text(group: str) -> str:
    """A blood group as a screen shows it: a dash of its own where nobody knows it."""
    return "–" if group == "-" else group


def form_of(who: Applicant) -> dict[str, str]:
    """The fields of the form as they are printed."""
    return {
        "nik": who.nik, "name": who.name, "birth_place": who.birth_place,
        "birth_date": f"{who.birth_date:%d/%m/%Y}",
        "sex": "P" if who.sex is Sex.FEMALE else "L", "blood_type": who.blood_type,
        "address": who.address, "occupation": who.occupation, "phone": who.phone,
    }  # fmt: skip


def typed_applicant(form: dict[str, str], before: Applicant) -> Applicant:
    """The form as a person; what it doesn't show stays. Raises ValueError for no date."""

    def upper(name: str) -> str:
        """Capitals, as the card prints them; capitals alone are no correction."""
        text, was = form.get(name, "").strip(), str(getattr(before, name))
        return was if text.casefold() == was.casefold() else text.upper()

    return replace(
        before,
        name=upper("name"),
        birth_place=upper("birth_place"),
        birth_date=parse_day(form.get("birth_date", "")),
        sex=sex_of(form.get("sex", "")),
        blood_type=upper("blood_type") or "-",
        address=upper("address"),
        occupation=upper("occupation"),
        phone=form.get("phone", "").strip(),
    )
