"""Which roles a person holds, and in what; the words in which every stage's rules are written.

    @rule(Right.ANNOUNCE)
    def _announce(actor: Person | None, competition: Competition) -> Answer:
        return holds(actor, Role.OFFICER, competition.municipality_id)

They look at the grants that came with the actor and never ask the database.
"""

from collections.abc import Iterable
from uuid import UUID

from portal.core.access import HIDDEN, YES, Answer
from portal.core.accounts.models import COMMITTEE, ORGANISATIONAL, Person, Role


def holds(
    actor: Person | None, roles: Role | Iterable[Role], scope_id: UUID | None = None
) -> Answer:
    """Whether the actor holds one of the roles, today, in just that scope.

    `scope_id` is the key of the municipality, competition or organisation; only the administrator's
    role has none. The answer is as good as a bool; a no is a hidden one (404).
    """
    if actor is None or not actor.is_active:
        return HIDDEN
    wanted = {roles} if isinstance(roles, Role) else set(roles)
    found = any(
        grant.role in wanted and grant.scope_id == scope_id and grant.is_living
        for grant in actor.grants
    )
    return YES if found else HIDDEN


def is_administrator(actor: Person | None) -> Answer:
    """Whether the actor administers the installation; it opens no contents."""
    return holds(actor, Role.ADMINISTRATOR)


def on_committee(actor: Person | None, competition_id: UUID, *roles: Role) -> Answer:
    """Whether the actor sits on the competition's committee, as one of `roles` or as any."""
    return holds(actor, roles or COMMITTEE, competition_id)


def in_organisation(actor: Person | None, organisation_id: UUID, *roles: Role) -> Answer:
    """Whether the actor belongs to the organisation, as one of `roles` or as any."""
    return holds(actor, roles or ORGANISATIONAL, organisation_id)


def scopes(actor: Person | None, *roles: Role) -> frozenset[UUID]:
    """The keys of all scopes in which the actor holds one of the roles today.

    For queries (`Competition.municipality_id.in_(scopes(actor, *MUNICIPAL))`) and for navigation.
    """
    if actor is None or not actor.is_active:
        return frozenset()
    return frozenset(
        grant.scope_id
        for grant in actor.grants
        if grant.role in roles and grant.scope_id is not None and grant.is_living
    )
