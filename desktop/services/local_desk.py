"""What a counter does by itself: its parts, and the services that stand on them.

A service is imported and made when it is first asked for. To add one: its method here; what needs
the exchange with the centre stands one step higher, in `desktop.services.desk`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.services.counter import Counter, made_when_asked

if TYPE_CHECKING:
    from desktop.cards.chip.profiles import ChipProfile
    from desktop.cards.layout import Layout
    from desktop.domain.officer import Actor, Role
    from desktop.services.approval import Approvals
    from desktop.services.batch import BatchRun
    from desktop.services.capture import Capture
    from desktop.services.card_looking import CardLooks
    from desktop.services.card_orders import CardOrders
    from desktop.services.card_reading import CardReadings
    from desktop.services.cardmaker import CardMaker
    from desktop.services.closing import Closing
    from desktop.services.corrections import Corrections
    from desktop.services.credentials import Credentials
    from desktop.services.destruction import Destruction
    from desktop.services.device_care import DeviceCare
    from desktop.services.device_setup import DeviceSetup
    from desktop.services.duties import DutyPlans
    from desktop.services.exams import Exams
    from desktop.services.handover import Handover
    from desktop.services.intake import Intake
    from desktop.services.issuing import Issuing
    from desktop.services.kept_work import KeptWork
    from desktop.services.key_care import KeyCare
    from desktop.services.letters import Letters
    from desktop.services.licences import Licences
    from desktop.services.likeness import Likenesses
    from desktop.services.officer_cards import OfficerCards
    from desktop.services.online import Online
    from desktop.services.outcomes import Outcomes
    from desktop.services.oversight import Oversight
    from desktop.services.papers import Papers
    from desktop.services.payment import Payment
    from desktop.services.proof_codes import ProofCodes
    from desktop.services.proofs import Proofs
    from desktop.services.queue import Queue
    from desktop.services.reports import Reports
    from desktop.services.requirements import Requirements
    from desktop.services.retention import Retention
    from desktop.services.returns import Returns
    from desktop.services.reviews import Reviews
    from desktop.services.sealing import Sealing
    from desktop.services.shipping import Shipping
    from desktop.services.stock import Stock
    from desktop.services.supplies import Supplies
    from desktop.services.tracking import Tracking
    from desktop.services.uncollected import Uncollected


class LocalDesk(Counter):
    """One counter at work, with or without a centre.

    No dataclass of its own: it adds no field, and making the same methods again costs the start.
    """

    @made_when_asked
    def layout(self) -> Layout:
        """The card's layout, as the office's settings name it."""
        from desktop.cards.layout import load_layout

        return load_layout(self.settings.place.card_layout)

    @made_when_asked
    def queue(self) -> Queue:
        from desktop.services.queue import Queue

        return Queue(self.frame)

    @made_when_asked
    def intake(self) -> Intake:
        from desktop.services.intake import Intake

        return Intake(self.frame, self.approvals)

    @made_when_asked
    def kept_work(self) -> KeptWork:
        from desktop.services.kept_work import KeptWork

        return KeptWork(self.frame)

    @made_when_asked
    def likenesses(self) -> Likenesses:
        from desktop.services.likeness import Likenesses

        return Likenesses(self.frame)

    @made_when_asked
    def proofs(self) -> Proofs:
        from desktop.services.proofs import Proofs

        return Proofs(self.frame, self.outside)

    @made_when_asked
    def requirements(self) -> Requirements:
        from desktop.services.requirements import Requirements

        return Requirements(self.frame, self.proofs, self.payment)

    @made_when_asked
    def proof_codes(self) -> ProofCodes:
        from desktop.domain.realm import Realm
        from desktop.services.proof_codes import ProofCodes

        played = None
        if self.realm is Realm.TRAINING:
            from desktop.outside.played_keys import issuers_of

            played = issuers_of
        return ProofCodes(self.frame, self.profile, self.proofs, self.requirements, played)

    @made_when_asked
    def payment(self) -> Payment:
        from desktop.services.payment import Payment

        return Payment(self.frame, self.proofs)

    @made_when_asked
    def exams(self) -> Exams:
        from desktop.services.exams import Exams

        return Exams(self.frame, self.proofs, self.requirements)

    @made_when_asked
    def capture(self) -> Capture:
        from desktop.services.capture import Capture

        return Capture(self.frame, self.approvals)

    @made_when_asked
    def approvals(self) -> Approvals:
        from desktop.services.approval import Approvals

        return Approvals(self.frame, self.duty)

    @made_when_asked
    def sealing(self) -> Sealing:
        from desktop.services.sealing import Sealing

        return Sealing(self.frame, self.profile)

    @made_when_asked
    def key_care(self) -> KeyCare:
        from desktop.services.key_care import KeyCare

        return KeyCare(self.frame, self.profile, self.approvals)

    @made_when_asked
    def officer_cards(self) -> OfficerCards:
        from desktop.services.officer_cards import OfficerCards

        return OfficerCards(self.frame, self.duty, self.profile, self.approvals)

    @property
    def takes_cards(self) -> bool:
        """Whether officers prove themselves here by cards of their own, beside passwords."""
        return bool(self.settings.officer_card.module)

    def second_by_card(self, by: Actor, nrp: str, pin: str, role: Role | None) -> Actor:
        """A second officer signs beside the first with the card that the settings name.

        Raises what `OfficerCards.second` raises.
        """
        from desktop.keys.pkcs11 import TokenPlace

        card = self.settings.officer_card
        return self.officer_cards.second(by, nrp, TokenPlace(card.module, card.label), pin, role)

    @made_when_asked
    def credentials(self) -> Credentials:
        from desktop.services.credentials import Credentials

        return Credentials(self.frame, self.duty, self.profile, self.approvals)

    @made_when_asked
    def cardmaker(self) -> CardMaker:
        from desktop.services.cardmaker import CardMaker

        return CardMaker(self.frame, self.layout, self.licences, self.sealing, self.chip)

    @made_when_asked
    def card_looks(self) -> CardLooks:
        from desktop.services.card_looking import CardLooks

        return CardLooks(self.frame, self.cardmaker, self.sealing)

    @made_when_asked
    def chip(self) -> ChipProfile:
        from desktop.services.chips import chip_profile

        gone = self.frame.revoked.signer_gone
        return chip_profile(self.settings, self.profile, self.frame.keys, gone)

    @made_when_asked
    def card_orders(self) -> CardOrders:
        from desktop.services.card_orders import CardOrders

        return CardOrders(self.frame, self.profile, self.chip)

    @made_when_asked
    def card_readings(self) -> CardReadings:
        from desktop.services.card_reading import CardReadings
        from desktop.services.chips import reading_profiles

        gone = self.frame.revoked.signer_gone
        profiles = reading_profiles(self.settings, self.profile, self.chip, gone)
        return CardReadings(self.frame, self.sealing, profiles, self.card_orders)

    @made_when_asked
    def licences(self) -> Licences:
        from desktop.services.licences import Licences

        return Licences(self.frame)

    @made_when_asked
    def issuing(self) -> Issuing:
        from desktop.services.resuming import Resuming

        return Resuming(self.frame, self.cardmaker, self.licences, self.approvals)

    @made_when_asked
    def handover(self) -> Handover:
        from desktop.services.handover import Handover

        return Handover(self.frame, self.chip, self.approvals)

    @made_when_asked
    def stock(self) -> Stock:
        from desktop.services.stock import Stock

        return Stock(self.frame, self.approvals)

    @made_when_asked
    def supplies(self) -> Supplies:
        from desktop.services.supplies import Supplies

        return Supplies(self.frame)

    @made_when_asked
    def destruction(self) -> Destruction:
        from desktop.services.destruction import Destruction

        return Destruction(self.frame, self.approvals, self.papers, self.supplies)

    @made_when_asked
    def letters(self) -> Letters:
        from desktop.services.letters import Letters

        return Letters(self.frame, self.approvals, self.licences, self.papers)

    @made_when_asked
    def batch(self) -> BatchRun:
        from desktop.services.batch import BatchRun

        return BatchRun(self.frame, self.issuing)

    @made_when_asked
    def closing(self) -> Closing:
        from desktop.services.closing import Closing

        return Closing(self.frame, self.duty, self.approvals)

    @made_when_asked
    def corrections(self) -> Corrections:
        from desktop.services.corrections import Corrections

        return Corrections(
            self.frame, self.approvals, self.licences, self.intake, self.issuing, self.papers
        )

    @made_when_asked
    def reports(self) -> Reports:
        from desktop.services.reports import Reports

        return Reports(self.frame, self.papers, self.closing)

    @made_when_asked
    def oversight(self) -> Oversight:
        from desktop.services.oversight import Oversight

        return Oversight(self.frame, self.approvals, self.proofs, self.profile, self.duty_plans)

    @made_when_asked
    def uncollected(self) -> Uncollected:
        from desktop.services.uncollected import Uncollected

        return Uncollected(self.frame, self.approvals, self.licences, self.papers)

    @made_when_asked
    def retention(self) -> Retention:
        from desktop.services.retention import Retention

        return Retention(self.frame)

    @made_when_asked
    def duty_plans(self) -> DutyPlans:
        from desktop.services.duties import DutyPlans

        return DutyPlans(self.frame)

    @made_when_asked
    def papers(self) -> Papers:
        from desktop.services.papers import Papers

        return Papers(self.frame, self.sealing)

    @made_when_asked
    def online(self) -> Online:
        from desktop.services.online import Online

        return Online(
            self.frame,
            self.intake,
            self.proofs,
            self.requirements,
            self.payment,
            self.cardmaker,
            self.layout,
            self.profile,
        )

    @made_when_asked
    def reviews(self) -> Reviews:
        from desktop.services.reviews import Reviews

        return Reviews(self.frame, self.approvals, self.cardmaker, self.online)

    @made_when_asked
    def shipping(self) -> Shipping:
        from desktop.services.shipping import Shipping

        return Shipping(self.frame)

    @made_when_asked
    def tracking(self) -> Tracking:
        from desktop.services.tracking import Tracking

        return Tracking(self.frame, self.approvals, self.licences)

    @made_when_asked
    def returns(self) -> Returns:
        from desktop.services.returns import Returns

        return Returns(self.frame, self.approvals, self.licences, self.card_readings)

    @made_when_asked
    def outcomes(self) -> Outcomes:
        from desktop.services.outcomes import Outcomes

        return Outcomes(
            self.frame,
            self.approvals,
            self.licences,
            self.shipping,
            self.destruction,
            self.papers,
            self.returns,
        )

    @made_when_asked
    def care(self) -> DeviceCare:
        from desktop.services.device_care import DeviceCare

        return DeviceCare(self.frame, self.papers)

    @made_when_asked
    def setup(self) -> DeviceSetup:
        from desktop.services.device_setup import DeviceSetup

        return DeviceSetup(self.frame, self.profile.path, self.bench, self.flight)
