"""What each letter is about, for the tests that write them all."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from portal.core.accounts.models import Organisation, Person
from portal.core.db import Words
from portal.grants.applications.models import Application, Counted, Submission
from portal.grants.awards.models import Decision, Outcome
from portal.grants.competitions.inquiries.models import Inquiry
from portal.grants.competitions.models import Amendment, Competition
from portal.grants.evaluation.models import Clarification

NOW = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
URL = "http://localhost/page"


def reader(**values: Any) -> Person:
    """Somebody who gets letters."""
    return Person(
        **{
            "email": "anna@example.lv",
            "name": "Anna Bērziņa",
            "language": "lv",
            "confirmed_at": NOW,
            **values,
        }
    )


def letters(evil: str = "") -> dict[str, dict[str, Any]]:
    """The context of every letter by template; `evil` goes into whatever people type."""
    organisation = Organisation(name=f"Jauniešu biedrība “Ķēde” {evil}", kind="association")
    competition = Competition(
        title=Words(f"Jauniešu iniciatīvu projekti {evil}", f"Youth initiative projects {evil}"),
        contact_email="konkursi@example.lv",
        deadline=datetime(2026, 12, 1, 21, 59, 59, tzinfo=UTC),
        results_by=date(2027, 1, 15),
        fixed_sum=4600_00,
        cancel_reason=Words(f"Mainījies budžets. {evil}", f"The budget has changed. {evil}"),
        appeal=Words("Lēmumu var apstrīdēt\nviena mēneša laikā.", "You can appeal\nin a month."),
    )
    application = Application(
        number="LIE-2026-1-007",
        counted=Counted(applicant=organisation.name, title=f"Ārā no istabas! {evil}"),
        withdrawn_at=datetime(2026, 11, 20, 9, 0, tzinfo=UTC),
    )
    about = {"competition": competition, "application": application, "url": URL}
    received = {
        **about,
        "submission": Submission(
            submitted_at=datetime(2026, 11, 20, 14, 59, 41, tzinfo=UTC),
            seal="ab12" * 16,
            title=f"Ārā no istabas! {evil}",
        ),
    }
    call = {"competition": competition, "url": URL}
    amendment = Amendment(
        order_number="7-12/33", order_date=date(2026, 11, 19), reason=Words(f"Lūgums {evil}")
    )
    return {
        "accounts/confirm": {"url": URL, "hours": 24},
        "accounts/reset": {"url": URL, "hours": 1},
        "accounts/already": {"sign_in_url": URL, "reset_url": URL},
        "accounts/new-address": {"url": URL, "hours": 48},
        "accounts/address-changed": {"email": "jauna@example.lv", "sign_in_url": URL},
        "accounts/password-changed": {"sign_in_url": URL, "reset_url": URL},
        "accounts/invitation": {
            "organisation": organisation,
            "role": "Redaktors",
            "inviter": reader(name=f"Jānis {evil}"),
            "url": URL,
            "until": date(2026, 11, 27),
        },
        "organisations/claim-received": {"name": organisation.name, "url": URL},
        "organisations/claim-approved": {"name": organisation.name, "url": URL},
        "organisations/claim-refused": {
            "name": organisation.name,
            "reason": f"Pilnvara nav parakstīta.\n{evil}",
            "url": URL,
        },
        "organisations/claimed": {
            "name": organisation.name,
            "claimant": reader(name=f"Jānis {evil}"),
            "url": URL,
        },
        "organisations/claim-decided": {
            "name": organisation.name,
            "new_name": f"Biedrība {evil}",
            "claimant": reader(name=f"Jānis {evil}"),
            "approved": True,
            "removed": True,
            "url": URL,
        },
        "competitions/amended": {
            **call,
            "amendment": amendment,
            "was": datetime(2026, 11, 24, 21, 59, 59, tzinfo=UTC),
        },
        "competitions/changed": {**call, "amendment": amendment},
        "competitions/answered": {
            **call,
            "inquiry": Inquiry(question=f"Vai drīkst divi?\n{evil}", answer=f"Jā.\n\n{evil}"),
        },
        "competitions/cancelled": call,
        "applications/received": received,
        "applications/registered": received,
        "applications/withdrawn": about,
        "evaluation/clarification_asked": {
            **about,
            "clarification": Clarification(
                message=f"Kur notiks nometne?\n{evil}",
                until=datetime(2026, 11, 25, 15, 0, tzinfo=UTC),
            ),
        },
        "evaluation/clarification_received": about,
        "evaluation/appointed": {
            **call,
            "roles": ["Loceklis"],
            "order_number": f"12-3 {evil}",
            "order_date": date(2026, 11, 2),
        },
        "evaluation/sheets_due": {**call, "left": 3, "due": date(2026, 11, 30)},
        "evaluation/sheet_reopened": {**about, "reason": f"Trūkst komentāra.\n{evil}"},
        "awards/decision": {**about, "decision": decision(Outcome.CONDITIONS, evil)},
        "awards/promoted": {**about, "decision": decision(Outcome.APPROVE, evil)},
        "awards/declined": {**about, "decision": decision(Outcome.APPROVE, evil)},
    }


def decision(outcome: Outcome, evil: str = "") -> Decision:
    """A signed decision."""
    return Decision(
        title=f"Ārā no istabas! {evil}",
        applicant=f"Jauniešu biedrība “Ķēde” {evil}",
        outcome=outcome,
        number="7-11/4",
        decided_on=date(2026, 11, 18),
        total=Decimal("44.50"),
        place=3,
        conditions=f"Precizēt tāmi.\n{evil}" if outcome is Outcome.CONDITIONS else "",
        reasons=f"Skaidrs mērķis.\n{evil}",
        decline_reason=f"Nav vadītāja. {evil}",
    )
