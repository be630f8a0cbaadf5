"""The invented projects and organisations, read from portal/data/demo."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

SOURCE = Path(__file__).parents[2] / "data" / "demo" / "projects.yaml"
CRITERIA = (
    "need",
    "at_risk",
    "own_initiative",
    "activities",
    "results",
    "afterwards",
    "publicity",
    "team",
)
SLIGHT = (Decimal(0), Decimal("0.5"), Decimal("-0.5"), Decimal(0), Decimal(0))
WIDE = (Decimal("1.5"), Decimal(-2), Decimal(1), Decimal(-1), Decimal("0.5"))


@dataclass(frozen=True, slots=True)
class Story:
    """A group and its project; `titles` by call."""

    organisation: str
    titles: tuple[str, str, str]
    texts: Mapping[str, str]
    plan: tuple[str, ...]
    results: Sequence[tuple[str, int, str]]
    schools: Sequence[tuple[str, int, int]]
    points: tuple[Decimal, ...]  # in the order of CRITERIA
    wide: bool = False  # the members' points differ widely
    below: bool = False  # one criterion's minimum is missed, with a high total

    @property
    def participants(self) -> int:
        return sum(count for _name, count, _at_risk in self.schools)

    @property
    def at_risk(self) -> int:
        return sum(at_risk for _name, _count, at_risk in self.schools)

    def given_by(self, member: int) -> dict[str, Decimal]:
        """The points of the nth member, with slight, wide or no differences between members."""
        offsets = WIDE if self.wide else SLIGHT
        place = member % len(CRITERIA)
        given = dict(zip(CRITERIA, self.points, strict=True))
        if self.below or member >= len(offsets):
            return given
        for key in CRITERIA if self.wide else (CRITERIA[place],):
            most = Decimal(10) if key in ("activities", "results") else Decimal(5)
            given[key] = min(most, max(Decimal(0), given[key] + offsets[member]))
        return given

    def answers(self, call: int, start: date) -> dict[str, dict[str, Any]]:
        """Answers to the form of the 2020 template, by section; the project begins at `start`."""
        step = timedelta(days=40)
        return {
            "project": {
                "title": self.titles[call],
                "summary": self.texts["summary"],
                "need": self.texts["need"],
                "goal": self.texts["goal"],
            },
            "participants": {
                "participants": self.participants,
                "at_risk": self.at_risk,
                "ages": ["grades_7_9", "grades_10_12"],
                "schools": [
                    {"school": name, "participants": count, "at_risk": at_risk}
                    for name, count, at_risk in self.schools
                ],
                "selection": "Uzrunājam kopā ar klašu audzinātājiem un sociālo pedagogu, klusi un "
                "katru atsevišķi. Pirmā tikšanās ir bez pieteikšanās.",
            },
            "activities": {
                "start": start.isoformat(),
                "months": 9,
                "plan": [
                    {
                        "activity": activity,
                        "begins": (start + step * index).isoformat(),
                        "ends": (start + step * (index + 2)).isoformat(),
                        "place": "Liepāja",
                    }
                    for index, activity in enumerate(self.plan)
                ],
                "place": "near_school",
                "own_part": self.texts["own_part"],
            },
            "results": {
                "results": [
                    {"result": result, "number": number, "proof": proof}
                    for result, number, proof in self.results
                ],
                "motivation": self.texts["motivation"],
                "afterwards": self.texts["afterwards"],
            },
            "publicity": {"channels": ["own_site", "events"]},
            "team": {
                "manager": "Projekta vadītāja (izdomāta)",
                "manager_contact": "+371 20 000 000, vaditaja@example.lv",
                "experience": "Trīs gadus strādājam ar jauniešiem savā apkaimē; divi no mums ir "
                "jaunatnes darbinieki.",
                "sum": 460_000,
                "use_of_money": "Materiāliem, telpām, vadītāju darbam un ceļam.",
            },
        }


TEXTS = ("summary", "need", "goal", "own_part", "motivation", "afterwards")


@cache
def stories() -> Sequence[Story]:
    """All projects, in the order of the file."""
    return [
        Story(
            organisation=row["organisation"],
            titles=tuple(row["titles"]),
            texts={name: row[name] for name in TEXTS},
            plan=tuple(row["plan"]),
            results=[tuple(result) for result in row["results"]],
            schools=[tuple(school) for school in row["schools"]],
            points=tuple(Decimal(str(points)) for points in row["points"]),
            wide=row.get("wide", False),
            below=row.get("below", False),
        )
        for row in _content()["projects"]
    ]


def organisations() -> Mapping[str, Mapping[str, str]]:
    """The organisations that belong to no persona, by code: kind, name, address, partner."""
    found: Mapping[str, Mapping[str, str]] = _content()["organisations"]
    return found


@cache
def _content() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(SOURCE.read_text("utf-8"))
    return content
