"""People at their browsers: they see labels and buttons, and write what a form asks for."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from portal.core.accounts import passwords
from portal.core.accounts.models import Person, Role
from portal.core.db import Base
from tests.factories import Make
from tests.live import Visitor

PASSWORD = "četri zaļi asni pavasarī"


def account(make: Make, name: str, *roles: Role, scope: Base | None = None) -> Person:
    """Somebody who reads English and has a password."""
    secret = passwords.hashed(PASSWORD)
    return make.person(*roles, scope=scope, name=name, language="en", password_hash=secret)


def sign_in(page: Page, who: Person) -> None:
    """Fill in the page that asks for it, in English."""
    page.get_by_label("E-mail address").fill(who.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


def scripted(page: Page) -> None:
    """Wait until the scripts of the page stand."""
    page.wait_for_load_state("networkidle")


class Player(Visitor):
    """One person of a journey. A form that refuses ends the journey with its words."""

    def enter_as(self, persona: str) -> None:
        """Sign in as one of the people of the demo."""
        self.go("/demo")
        self.page.locator(f'form:has(input[value="{persona}"]) button').click()

    def go(self, path: str) -> "Player":
        """Open a page by its address, which must be there."""
        answer = self.page.goto(path)
        assert answer is not None and answer.ok, f"{path}: {answer and answer.status}"
        return self

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    @property
    def words(self) -> str:
        """The words of the page."""
        return " ".join((self.main.text_content() or "").split())

    def sees(self, *words: str) -> None:
        for word in words:
            expect(self.main).to_contain_text(word)

    def follow(self, name: str) -> "Player":
        """Click the first link of that name."""
        self.main.get_by_role("link", name=name).first.click()
        return self

    def write(self, **values: Any) -> "Player":
        """Fill fields by their names; a double underscore stands for a hyphen.

        A date is (day, month, year), a file a path, True a tick, and a choice its code.
        """
        for name, value in values.items():
            self._fill(name.replace("__", "-"), value)
        return self

    def _fill(self, name: str, value: Any) -> None:
        if isinstance(value, tuple):
            for part, number in zip(("day", "month", "year"), value, strict=True):
                self._fill(f"{name}-{part}", str(number))
            return
        field = self.main.locator(f'[name="{name}"]')
        kind = field.first.get_attribute("type")
        if kind == "radio":
            self.main.locator(f'[name="{name}"][value="{value}"]').check()
        elif kind == "checkbox":
            for box in (
                field.all()
                if value is True
                else [self.main.locator(f'[name="{name}"][value="{value}"]')]
            ):
                box.check()
        elif kind == "file":
            field.set_input_files(value)
        elif field.first.evaluate("e => e.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(str(value))

    def press(self, name: str | re.Pattern[str]) -> "Player":
        """Press a button, and expect to be let on."""
        return self._click(self.main.get_by_role("button", name=name).first)

    def send(self, which: str = ".govuk-button") -> "Player":
        """Press the button of the page's form, or the one that a selector picks."""
        seen = ":not([aria-hidden])"  # the first button of a form may be there for Enter alone
        return self._click(self.main.locator(f"form[method=post] button{which}{seen}").first)

    def _click(self, button: Locator) -> "Player":
        button.click()
        summary = self.page.locator(".govuk-error-summary")
        assert summary.count() == 0, f"{self.page.url}: {summary.inner_text()}"
        return self

    def answer(self, given: dict[str, Any], files: Path) -> None:
        """Fill in a page of an application form: what is `given`, and something fitting."""
        for field in self.main.locator('[name^="q_"]').all():
            name = str(field.get_attribute("name"))
            kind = field.get_attribute("type") or field.evaluate("e => e.tagName").lower()
            if name in given:
                field.fill(given[name])
            elif kind == "file":
                field.set_input_files(files)
            elif kind in ("checkbox", "radio"):
                field.check()
            elif kind == "textarea":
                field.fill("Jauniešiem vajag vietu, kur satikties un darīt ko savu.")
            elif kind in ("text", "number") and not field.input_value():
                field.fill(_fitting(name))


def _fitting(name: str) -> str:
    """Something that a field of that name takes."""
    for ending, value in {
        "-begins": "1.3.2027",
        "-ends": "1.6.2027",
        "-participants": "20",
        "-at_risk": "8",
        "-number": "3",
    }.items():
        if name.endswith(ending):
            return value
    return "Radošā darbnīca"
