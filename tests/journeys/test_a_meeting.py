"""A meeting of five, two of them recused and one of those the secretary, without JavaScript."""

import io
import subprocess
from collections.abc import Iterator

import pytest
from docx import Document
from playwright.sync_api import Browser, expect

from portal.core import clock
from portal.core.accounts import passwords
from portal.core.accounts.models import Person
from portal.grants.applications.models import Application
from portal.grants.evaluation.models import ConflictKind
from tests.conftest import NOW
from tests.factories import Make
from tests.journeys.people import PASSWORD, Player
from tests.world.scene import evaluating

NAMES = ("Dace Ozola", "Sanita Kalna", "Edgars Vītols", "Zane Liepa", "Uldis Krūms")
SECRET, ITS_NOTE = "Zilās durvis", "Durvis paliek zilas."
HELD = {"held_at": (20, 11, 2026), "held_at__time": "15.00"}


class Sitting:
    """The committee of a call with two grants; the secretary and one more are recused from one."""

    def __init__(self, make: Make, browser: Browser, address: str) -> None:
        self.scene = evaluating(make, 5, grants=2, discussion_opened_at=clock.now())
        secret = passwords.hashed(PASSWORD)
        for member, name in zip(self.scene.members, NAMES, strict=True):
            member.name, member.password_hash = name, secret
        make.session.commit()
        self.chair, self.secretary, *_others, self.late = self.scene.members
        self.recused = (self.secretary, self.scene.members[2])
        self.hidden = self.scored(make, "9", title=SECRET)
        self.tied = [self.scored(make, "7", title=title) for title in ("Kino", "Dārzs")]
        self.browser, self.address = browser, address
        self.players: dict[str, Player] = {}

    def scored(self, make: Make, points: str, *, title: str) -> Application:
        """From the best one two are recused; everybody else gives the same points."""
        out = self.recused if title == SECRET else ()
        application = self.scene.eligible(title=title)
        free = [member for member in self.scene.members if member not in out]
        make.assigned(application, *free)
        for member in free:
            make.sheet(application, member, {"c1": points, "c2": points})
        for member in out:
            make.declared(member, application.id, ConflictKind.FAMILY)
        return application

    def player(self, who: Person) -> Player:
        """One of them at a browser of their own."""
        if who.name not in self.players:
            found = Player(self.browser, self.address, java_script_enabled=False)
            found.go("/sign-in").write(email=who.email, password=PASSWORD).press("Ienākt")
            self.players[who.name] = found
        return self.players[who.name]

    def votes(self, keeper: Player, choice: str, of: int) -> None:
        """Everybody who is asked chooses the same."""
        choices = keeper.main.locator(f'input[type=radio][value="{choice}"]')
        assert choices.count() == of
        for one in choices.all():
            one.check()
        keeper.send()

    def documents(self, reader: Player, meeting: str) -> tuple[str, str]:
        """The minutes as the reader gets them: the words of the PDF and of the Word document."""
        pdf, word = (
            reader.context.request.get(f"{meeting}/minutes.{kind}").body()
            for kind in ("pdf", "docx")
        )
        printed = subprocess.run(
            ["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True
        )
        document = Document(io.BytesIO(word))
        cells = [cell.text for t in document.tables for row in t.rows for cell in row.cells]
        lines = [paragraph.text for paragraph in document.paragraphs]
        return " ".join(printed.stdout.decode().split()), " ".join(" ".join(lines + cells).split())


@pytest.fixture
def sitting(make: Make, browser: Browser, address: str) -> Iterator[Sitting]:
    with clock.at(NOW):
        sitting = Sitting(make, browser, address)
        yield sitting
        for player in sitting.players.values():
            player.close()


def test_from_convening_to_both_documents(sitting: Sitting) -> None:
    number, (first, second) = str(sitting.hidden.number), sitting.tied
    secretary, chair = sitting.player(sitting.secretary), sitting.player(sitting.chair)
    secretary.go(f"/committee/{sitting.scene.call.slug}/meetings/new")
    secretary.write(**HELD, place="Rožu iela 6").send()
    meeting = secretary.page.url.split("?")[0]
    secretary.go(f"{meeting}/attendance")
    for member in sitting.scene.members[:4]:
        secretary.write(present=str(member.id))
    secretary.send()
    secretary.sees("4 no 5", "ir kvorums", f"Pieraksta: {NAMES[0]}")
    expect(secretary.main).not_to_contain_text(SECRET)
    expect(secretary.main.locator(f'a[href*="{number}"]')).to_have_count(0)
    assert secretary.page.goto(f"{meeting}/notes/{number}").status == 403

    # The tie is none of the applications from which the secretary is recused.
    secretary.go(meeting).main.locator('a[href*="/votes/tie"]').click()
    secretary.sees("Klātesošie ar balsstiesībām: 4 no 5, kvorums ir")
    sitting.votes(secretary, str(second.number), of=4)
    secretary.main.locator('a[href$="/withdraw"]').click()
    secretary.write(reason="Sajaukti numuri.").send()
    secretary.main.locator('a[href*="/votes/tie"]').click()
    sitting.votes(secretary, str(first.number), of=4)
    secretary.go(f"{meeting}/movements")
    secretary.write(who=str(sitting.late.id), what="came", at__time="16.20").send()
    secretary.sees("5 no 5", "ieradās 16.20")

    # The vote on the ranking concerns all of them: the chair minutes it, and what was said.
    secretary.go(f"{meeting}/votes/ranking").sees(f"Pieraksta: {NAMES[0]}")
    expect(secretary.main.locator("input[type=radio]")).to_have_count(0)
    chair.go(f"{meeting}/notes/{number}").write(text=ITS_NOTE).send()
    chair.go(f"{meeting}/votes/ranking")
    chair.sees("Klātesošie ar balsstiesībām: 5 no 5, kvorums ir")
    chair.sees(f"{number}, nebalso {NAMES[2]}, {NAMES[1]}: 3 no 3, kvorums ir")
    sitting.votes(chair, "for", of=5)
    chair.go(f"{meeting}/close").send()

    for words in sitting.documents(chair, meeting):
        for told in (SECRET, ITS_NOTE, "Sajaukti numuri.", "ieradās 16.20", number):
            assert told in words
        assert "Vērtēšanas komisijas sēdes protokols" in words and "Izraksts" not in words
        assert "izšķīra balsojums" in words and "Sarindojums apstiprināts." in words
        assert f"{number}, nebalso {NAMES[2]}, {NAMES[1]} (3 no 3, kvorums ir)" in words
    secretary.go(meeting).sees("Izraksts no protokola", "Sarindojums apstiprināts.")
    for words in sitting.documents(secretary, meeting):
        assert "Izraksts no protokola" in words and "Paraksti" not in words
        assert "Sarindojums apstiprināts." in words and "nav apstiprināj" not in words
        for hidden in (SECRET, ITS_NOTE, number):
            assert hidden not in words
        assert first.draft_title in words and "Sajaukti numuri." in words
