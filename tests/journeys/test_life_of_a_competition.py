"""The whole life of a competition, by all its people, in a browser without JavaScript.

It goes over Debian's own PostgreSQL, the other tests over the embedded one.
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from portal.core import clock, migrate
from portal.core.accounts.demo.cast import registration_number
from tests.journeys.people import PASSWORD, Player

CALL = "/board/competitions/pavasaris"

# What the terms of the call ask for; everything else is up to the applicant.
FITTING = {
    **{"q_participants": "20", "q_at_risk": "8", "q_months": "6", "q_sum": "4600"},
    **{"q_start-day": "1", "q_start-month": "3", "q_start-year": "2027"},
    "q_manager_contact": "+371 20 000 001",
}


def riga(day: int, month: int, hour: int = 10, year: int = 2026) -> datetime:
    return clock.riga(date(year, month, day), hour)


def address_of(name: str) -> str:
    return f"{name.lower()}@jaunatne.example"


@pytest.fixture(scope="module")
def database_url(debian_database: Callable[..., str]) -> str:
    url = debian_database("journey")
    migrate.upgrade(url)
    return url


class Life:
    """The journey's people and what they do, in order."""

    def __init__(self, browser: Browser, address: str, paper: Path) -> None:
        self.browser, self.address, self.paper = browser, address, paper
        self.players: dict[str, Player] = {}
        self.signed_in: dict[str, datetime] = {}

    def player(self, name: str) -> Player:
        """Somebody with a browser of their own; whoever has an account signs in every day anew."""
        if name not in self.players:
            self.players[name] = Player(self.browser, self.address, java_script_enabled=False)
        player = self.players[name]
        if self.signed_in.get(name, clock.now()) != clock.now():
            player.go("/sign-in").write(email=address_of(name), password=PASSWORD)
            player.press("Ienākt")
            self.signed_in[name] = clock.now()
        return player

    def persona(self, code: str) -> Player:
        """One of the people of the demo."""
        player = self.players.setdefault(
            code, Player(self.browser, self.address, java_script_enabled=False)
        )
        if self.signed_in.get(code) != clock.now():
            player.enter_as(code)
            self.signed_in[code] = clock.now()
        return player

    def link(self, to: str, kind: str) -> str:
        """The newest link of a kind in the letters to an address."""
        reader = self.player("postman").go(f"/demo/mail?to={to}")
        letters = reader.main.locator('a[href^="/demo/mail/"]').evaluate_all(
            "links => links.map(link => link.pathname)"
        )
        for letter in letters:
            if found := re.search(rf"/link/{kind}/[\w-]+", reader.go(letter).page.content()):
                return found.group()
        raise AssertionError(f"no letter to {to} with a link to {kind}")

    # ------------------------------------------------------------------ the call

    def call_is_prepared(self) -> None:
        officer = self.persona("officer").go("/board/competitions/new")
        officer.write(
            start="template:pumpurs-2020",
            opens_at=(21, 11, 2026),
            opens_at__time="9.00",
            deadline=(15, 12, 2026),
            deadline__time="12.00",
            slug="pavasaris",
        ).press("Izveidot melnrakstu")
        officer.go(f"{CALL}/terms/edit").write(grants=1).press("Saglabāt noteikumus")
        officer.go(f"{CALL}/documents")
        replace = officer.main.locator('a[href$="/replace"]')
        for path in [link.get_attribute("href") for link in replace.all()]:
            officer.go(str(path)).write(file=self.paper)
            officer.main.locator("form button.govuk-button").first.click()
        officer.go(f"{CALL}/announce")
        officer.main.locator("form[method=post] button").first.click()
        officer.go("/competitions/pavasaris").sees("Priekšlaicīgas mācību pārtraukšanas")

    # -------------------------------------------------------------- applications

    def account(self, name: str) -> Player:
        """Somebody registers, and confirms the address from the letter."""
        email = address_of(name)
        player = self.player(name).go("/register")
        player.write(name=f"{name} Liepiņa", email=email, password=PASSWORD)
        player.press("Izveidot kontu")
        player.go(self.link(email, "confirm")).write(password=PASSWORD)
        self.signed_in[name] = clock.now()
        return player.press("Apstiprināt un ienākt")

    def organisation(self, player: Player, name: str, serial: int) -> None:
        player.go("/my/organisations/new").write(
            kind="association",
            name=f"Biedrība „{name}”",
            registration_number=registration_number(serial),
            address="Krasta iela 1, Liepāja",
            email="birojs@jaunatne.example",
        ).press("Pievienot")

    def editor_joins(self) -> None:
        owner = self.player("Anna").go("/my/organisations")
        owner.follow("Biedrība „Sauļi”")
        owner.go(f"{owner.page.url}/invite")
        owner.write(email="juris@jaunatne.example", role="editor").press("Nosūtīt uzaicinājumu")
        editor = self.account("Juris").go(self.link("juris@jaunatne.example", "join"))
        editor.press("Pieņemt uzaicinājumu")

    def started(self, player: Player) -> str:
        player.go("/my/applications/start/pavasaris")
        player.main.locator("form[method=post] button").first.click()
        return player.page.url.split("?")[0].split("/sections")[0]

    def written(self, application: str, title: str, *writers: Player) -> None:
        """The sections in turn, by turns."""
        first = writers[0].go(application)
        sections = first.main.locator('a[href*="/sections/"]').evaluate_all(
            "links => [...new Set(links.map(l => l.pathname))]"
        )
        given = {**FITTING, "q_title": title}
        for turn, path in enumerate(sections):
            writer = writers[turn % len(writers)].go(path)
            writer.answer(given, self.paper)
            writer.press("Saglabāt un turpināt")

    def submitted(self, application: str, player: Player) -> str:
        """Checked and sent; gives the number on the receipt."""
        player.go(f"{application}/check").press("Iesniegt projekta iesniegumu")
        return re.search(r"LIE-2026-1-\d{3}", player.words).group()

    def registered_on_paper(self) -> str:
        officer = self.persona("officer").go(f"{CALL}/applications/register")
        officer.answer(FITTING, self.paper)
        officer.write(
            channel="in_person",
            received=(24, 11, 2026),
            received__time="11.30",
            kind="association",
            registration_number=registration_number(903),
            name="Biedrība „Papīrs”",
            email="papirs@jaunatne.example",
            q_title="Uz papīra",
            scans=self.paper,
        ).send()
        return re.search(r"LIE-2026-1-\d{3}", officer.words).group()

    def question_is_answered(self) -> None:
        elza = self.player("Elza").go("/competitions/pavasaris")
        elza.write(question="Vai drīkst pieteikties divas biedrības kopā?").press("Jautāt")
        officer = self.persona("officer").go(f"{CALL}/questions")
        officer.main.locator(f'a[href^="{CALL}/questions/"]').first.click()
        officer.write(answer="Jā, viena ir iesniedzēja, otra – partnere.").send()
        self.player("passer-by").go("/competitions/pavasaris/questions").sees("otra – partnere")

    def deadline_is_moved(self) -> None:
        officer = self.persona("officer").go(f"{CALL}/amendments/new")
        officer.write(
            order_number="12-v",
            order_date=(25, 11, 2026),
            reason__lv="Skolās ir brīvdienas.",
            deadline=(18, 12, 2026),
        )
        officer.send('[value="review"]').send('[value="announce"]')
        self.player("passer-by").go("/competitions/pavasaris/amendments").sees(
            "Skolās ir brīvdienas.", "12-v", "piektdien, 18. decembrī, 12.00"
        )

    # -------------------------------------------------------------- evaluation

    def register_is_public(self, *numbers: str) -> None:
        register = self.player("passer-by").go("/competitions/pavasaris/register")
        register.sees(*numbers)

    def board_declares(self, *numbers: str) -> None:
        """What came in opens to officer and head when they have read who applied."""
        for code in ("officer", "head"):
            player = self.persona(code).go("/board/").follow("Apliecināt, vai ir")
            player.sees(*numbers)
            player.press("Apliecināt")

    def clarified(self, number: str, application: str) -> None:
        officer = self.persona("officer").go(f"{CALL}/eligibility/{number}/clarification")
        officer.write(questions="afterwards", message="Kas notiks pēc tam?").send()
        owner = self.player("Anna").go(f"{application}/clarification")
        owner.write(q_afterwards="Darbnīca paliek skolai.").send('[name="send"]')
        officer.go(f"{CALL}/eligibility/{number}").sees("Darbnīca paliek skolai.")

    def eligible(self, number: str) -> None:
        officer = self.persona("officer").go(f"{CALL}/eligibility/{number}")
        for verdict in officer.main.locator('input[type=radio][value="yes"]').all():
            verdict.check()
        officer.send('[value="accept"]')

    def rejected_by_two(self, number: str) -> None:
        officer = self.persona("officer").go(f"{CALL}/eligibility/{number}")
        for verdict in officer.main.locator('input[type=radio][value="yes"]').all():
            verdict.check()
        officer.write(verdict_sum="no", reason_sum="Prasītā summa nav noteiktā.")
        officer.send('[value="propose"]')
        self.persona("head").go(f"{CALL}/eligibility/{number}/rejection").send()

    def committee_sits(self) -> None:
        officer = self.persona("officer")
        posts = {"chair": "chair", "secretary": "secretary"}
        for code in ("chair", "secretary", "member-1", "member-2", "member-3"):
            officer.go(f"{CALL}/committee/new").write(
                email=f"{code}@demo.example",
                name=code,
                roles=posts.get(code, "member"),
                order_number="15-k",
                order_date=(18, 12, 2026),
            ).send()

    def declared(self, *numbers: str) -> None:
        """All declare no conflict but one, who is recused from the first."""
        for code in ("chair", "secretary", "member-1", "member-2", "member-3"):
            member = self.persona(code)
            for number in numbers:
                recused = code == "member-3" and number == numbers[0]
                member.go(f"/committee/pavasaris/applications/{number}/declaration")
                member.write(kind="family" if recused else "none")
                if recused:
                    member.write(note="Mana māsa vada projektu.")
                member.send()

    def scored(self, *numbers: str) -> None:
        """Everybody gives the same points to each, so that the first place is tied."""
        self.persona("chair").go("/committee/pavasaris/assignment").write(
            mode="all", due=(30, 12, 2026)
        ).send()
        for code in ("member-1", "member-2", "member-3"):
            for number in numbers:
                if code == "member-3" and number == numbers[0]:
                    continue
                sheet = self.persona(code).go(f"/committee/pavasaris/applications/{number}")
                points = sheet.main.locator('input[name^="p_"]')
                for name in points.evaluate_all("all => [...new Set(all.map(i => i.name))]"):
                    sheet.main.locator(f'input[name="{name}"]').last.check(force=True)
                sheet.send('[name="check"]').send()

    def met(self, winner: str) -> None:
        """The chair opens the discussion; the tie is broken by a vote, the ranking approved."""
        chair = self.persona("chair").go("/committee/pavasaris/discussion").send()
        secretary = self.persona("secretary").go("/committee/pavasaris/meetings/new")
        secretary.write(place="Rožu iela 6, Liepāja").send()
        meeting = secretary.page.url.split("?")[0]
        secretary.go(f"{meeting}/attendance").write(present=True).send()
        secretary.go(meeting).main.locator('a[href*="/votes/tie"]').first.click()
        for choice in secretary.main.locator(f'input[type=radio][value="{winner}"]').all():
            choice.check()
        secretary.send()
        secretary.go(f"{meeting}/votes/ranking")
        for choice in secretary.main.locator('input[type=radio][value="for"]').all():
            choice.check()
        secretary.send()
        chair.go(f"{meeting}/close").send()
        for kind in ("pdf", "docx"):
            answer = chair.context.request.get(f"{meeting}/minutes.{kind}")
            assert answer.ok and len(answer.body()) > 5_000

    # ------------------------------------------------------------------ awards

    def published(self) -> None:
        self.persona("officer").go(f"{CALL}/decisions").send()
        head = self.persona("head").go(f"{CALL}/decisions").send()
        head.go(f"{CALL}/decisions/publish").send()

    def declined_and_promoted(self, application: str) -> None:
        self.player("Anna").go(f"{application}/decision/decline").write(
            reason="Vadītāja pārceļas."
        ).send()
        head = self.persona("head").go(f"{CALL}/decisions")
        head.main.locator('a[href$="/promote"]').first.click()
        head.send()

    def letters_to(self, email: str) -> str:
        return self.player("postman").go(f"/demo/mail?to={email}").words

    def close(self) -> None:
        for player in self.players.values():
            player.close()


def test_the_whole_life_of_a_competition(browser: Browser, address: str, paper: Path) -> None:
    life = Life(browser, address, paper)
    with clock.at(riga(20, 11)):
        life.call_is_prepared()
    with clock.at(riga(24, 11, 14)):
        life.organisation(life.account("Anna"), "Sauļi", 901)
        life.editor_joins()
        life.organisation(life.account("Elza"), "Vilnis", 902)
        first = life.started(life.player("Anna"))
        life.written(first, "Darbnīca pagrabā", life.player("Anna"), life.player("Juris"))
        winner = life.submitted(first, life.player("Juris"))
        second = life.started(life.player("Elza"))
        life.written(second, "Kino pagalmā", life.player("Elza"))
        paper_number = life.registered_on_paper()
        life.question_is_answered()
    with clock.at(riga(25, 11)):
        life.deadline_is_moved()
    with clock.at(riga(17, 12)):  # after the first deadline, before the new one
        other = life.submitted(second, life.player("Elza"))
    with clock.at(riga(21, 12)):
        life.persona("officer").go(f"{CALL}/applications").sees(winner, other, paper_number)
        life.board_declares(winner, other, paper_number)
        life.clarified(winner, first)
        life.eligible(winner)
        life.eligible(other)
        life.rejected_by_two(paper_number)
        life.register_is_public(winner, other, paper_number)
        life.committee_sits()
        life.declared(winner, other)
        life.scored(winner, other)
    with clock.at(riga(4, 1, year=2027)):
        life.met(winner)
        life.published()
        results = life.player("passer-by").go("/competitions/pavasaris/results")
        results.sees("Darbnīca pagrabā", "Kino pagalmā")
        assert f"Jūsu projekts ir atbalstīts: {winner}" in life.letters_to(address_of("Anna"))
        assert "rezerves sarakstā" in life.letters_to(address_of("Elza"))
        life.declined_and_promoted(first)
        assert "Jums ir atbrīvojies finansējums" in life.letters_to(address_of("Elza"))
    life.close()
