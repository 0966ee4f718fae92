"""What became of a try to print, as F3's card page tells it, and the facts of a job in doubt."""

from __future__ import annotations

from desktop.domain.application import ApplicationState as S
from desktop.presenters.walkin_view import WalkInView
from desktop.services.cardmaker import bad_blank
from desktop.services.doubts import Doubt, Outcome
from desktop.words import Words
from ui.screens.walkin_parts import Fact
from ui.widgets.banner import Banner, Tone

USED_UP = (Outcome.SPOILED, Outcome.CHIP_WRITTEN, Outcome.MISSING)


def tell_outcome(banner: Banner, words: Words, view: WalkInView) -> None:
    """How the last try ended, or which card was written off, and what to do about it."""
    lost, app = view.written_off, view.app
    # Where Enter is refused, another banner says what comes first.
    anew = "" if view.reprint_limited or view.bound else words("walkin.outcome.anew")
    if lost is not None and app is not None and app.state is S.APPROVED:
        banner.tell(Tone.WARNING, words(lost.message_id, **lost.facts), anew)
        return
    if view.outcome in (None, Outcome.PRINTED) or view.doubt is not None:
        banner.clear()
        return
    text, tone = words(f"walkin.outcome.{view.outcome}"), Tone.WARNING
    if view.fault is not None:
        told = words.problem(view.fault)
        text, tone = f"{text} {told.text}", Tone.ERROR
        lies = view.outcome is Outcome.SPOILED and bad_blank(view.fault)
        todo = anew if lies else told.remedy
    elif view.outcome in USED_UP:
        todo = anew
    else:
        todo = "" if view.reprint_limited else words("walkin.outcome.again")
    if view.put_back is not None:
        todo = words(view.put_back.message_id, **view.put_back.facts)
    banner.tell(tone, text, todo)


def doubt_facts(words: Words, doubt: Doubt) -> list[Fact]:
    """What the machine and the books say of a job in doubt."""
    facts: list[Fact] = []
    if doubt.advice is not None:
        facts.append((words("walkin.doubt.advice"), words.of(doubt.advice), "accent"))
    facts.append((words("walkin.serial"), doubt.job.blank_serial))
    facts.append((words("walkin.doubt.began"), words.moment(doubt.job.started_at)))
    if doubt.job.reached is not None:
        facts.append((words("walkin.doubt.reached"), words.of(doubt.job.reached)))
    for name, value in (
        ("inside", doubt.card_inside),
        ("printed", doubt.printed),
        ("half", doubt.half_printed),
    ):
        if name != "inside" and doubt.card_inside is False:
            continue  # nothing is inside that could be half printed
        told = "unknown" if value is None else "yes" if value else "no"
        facts.append((words(f"walkin.doubt.{name}"), words(f"walkin.doubt.said.{told}")))
    if doubt.counter_moved is not None:
        facts.append((words("walkin.doubt.counter"), str(doubt.counter_moved)))
    return facts
