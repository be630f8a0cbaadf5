"""The rows that would be a scandal: the database takes none of them, whoever writes them.

Each case is a constraint or a trigger (portal.core.triggers), and statements of which it refuses
the last; those before it make the case, and are allowed.
"""

import re

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from portal.core.db import Base, db
from tests.world import World


def twin(table: str, where: str, **values: str) -> str:
    """Another row like one of those, but for its key and these values (SQL)."""
    changes = {"id": "gen_random_uuid()", **values}
    pairs = ", ".join(f"'{name}', {value}" for name, value in changes.items())
    written = [one.name for one in Base.metadata.tables[table].columns if one.computed is None]
    columns = ", ".join(f'"{name}"' for name in written)
    return (
        f"INSERT INTO {table} ({columns}) SELECT {columns} FROM"
        f" (SELECT (jsonb_populate_record(one, jsonb_build_object({pairs}))).*"
        f" FROM {table} AS one WHERE {where} LIMIT 1) AS twin"
    )


ANNOUNCED = "state = 'announced'"
DECIDED = "state = 'decided'"
CLOSED = "meeting_id IN (SELECT id FROM meetings WHERE closed_at IS NOT NULL)"
COUNTED = "superseded_at IS NULL"
LATE = (
    "application_id IN (SELECT applications.id FROM applications"
    " JOIN competitions ON competitions.id = competition_id WHERE competitions.state = 'decided')"
)
DISCUSSED = (
    "application_id IN (SELECT applications.id FROM applications JOIN competitions"
    " ON competitions.id = competition_id WHERE discussion_opened_at IS NOT NULL)"
)
SOMEBODY = "(SELECT id FROM persons WHERE name = 'Svešinieks')"
ADMINISTRATOR = "(SELECT id FROM persons WHERE name = 'Administrators')"
BELONGING = (
    "(SELECT person_id FROM role_grants"
    " WHERE role_grants.scope_id = organisation_claims.organisation_id LIMIT 1)"
)
JUDGED = (
    "UPDATE organisation_claims SET ended_at = now(), reason = 'x', state = '{}',"
    " decided_by_id = {}"
)
CLAIMED = (
    "UPDATE organisations SET {} WHERE id ="
    " (SELECT organisation_id FROM organisation_claims LIMIT 1)"
)
THERE = (
    "INSERT INTO attendances (id, created_at, meeting_id, person_id)"
    " SELECT gen_random_uuid(), now(), meetings.id, person_id"
    " FROM meetings JOIN role_grants ON scope_id = competition_id"
    " WHERE closed_at IS NULL AND role = 'member'"
)
VOTED = (
    "INSERT INTO ballots SELECT votes.id, person_id, 'for'"
    f" FROM votes JOIN attendances USING (meeting_id) WHERE NOT {CLOSED}"
)
SEATED = (
    "INSERT INTO role_grants (id, person_id, role, scope_id, since, until, created_at)"
    " SELECT gen_random_uuid(), person_id, 'member', competitions.id, {1}, {2}, now()"
    " FROM role_grants JOIN competitions ON municipality_id = scope_id WHERE role = '{0}' LIMIT 1"
)
ASKED = "competition_id IN (SELECT competition_id FROM applications)"
SPARE = (
    "SELECT spare.id FROM answer_sets AS spare JOIN answer_sets AS own USING (form_id)"
    " WHERE own.id = one.answer_set_id AND spare.created_at = 'infinity'"
)
SPARE_SET = (
    "INSERT INTO answer_sets (id, form_id, codec, created_at)"
    " SELECT gen_random_uuid(), form_id, 'plain', 'infinity' FROM answer_sets GROUP BY form_id"
)
FROZEN = "set_id IN (SELECT id FROM answer_sets WHERE frozen_at IS NOT NULL)"
FREEZE = "UPDATE answer_sets SET frozen_at = now() WHERE frozen_at IS NULL"
BEING_WRITTEN = "set_id IN (SELECT id FROM answer_sets WHERE frozen_at IS NULL AND opened IS NULL)"
FILLED = "form_id IN (SELECT form_id FROM answer_sets)"

POSTED = (
    f"UPDATE letters SET posted_by_id = {SOMEBODY},"
    " posted_on = (created_at AT TIME ZONE 'Europe/Riga')::date"
)

CASES = [
    # What applicants have sent.
    ("submissions_immutable", "UPDATE submissions SET content = '{}'"),
    ("submissions_immutable", "UPDATE submissions SET seal = repeat('0', 64)"),
    ("submissions_immutable", "UPDATE submissions SET revision = 7"),
    ("submissions_immutable", "UPDATE submissions SET submitted_at = now()"),
    ("submissions_immutable", "DELETE FROM submissions"),
    (
        "submissions_superseded",
        "UPDATE submissions SET superseded_at = now()",
        "UPDATE submissions SET superseded_at = NULL",
    ),
    (
        "submissions_in_time",
        "UPDATE submissions SET superseded_at = now()",
        twin("submissions", "true", revision="2", submitted_at="now() + interval '1 year'"),
    ),
    (
        "ck_submissions_whole_second",
        "UPDATE submissions SET superseded_at = now()",
        twin("submissions", "true", revision="2", submitted_at="submitted_at + interval '0.1 s'"),
    ),
    ("uq_submissions_current", twin("submissions", COUNTED, revision="2", seal="repeat('0', 64)")),
    (
        "uq_submissions_application_id_revision",
        "UPDATE submissions SET superseded_at = now()",
        twin("submissions", "true", seal="repeat('0', 64)", superseded_at="NULL"),
    ),
    ("applications_numbered", "UPDATE applications SET number = 'X-1' WHERE number IS NOT NULL"),
    ("applications_numbered", "UPDATE applications SET ordinal = 99 WHERE number IS NOT NULL"),
    ("applications_kept", "DELETE FROM applications WHERE number IS NOT NULL"),
    (
        "uq_applications_number",
        SPARE_SET,
        twin("applications", "number IS NOT NULL", ordinal="998", answer_set_id=f"({SPARE})"),
    ),
    (
        "uq_applications_competition_id_ordinal",
        SPARE_SET,
        twin("applications", "number IS NOT NULL", number="'X-1'", answer_set_id=f"({SPARE})"),
    ),
    (
        "uq_applications_answer_set_id",
        twin("applications", "number IS NOT NULL", number="'X-1'", ordinal="998"),
    ),
    (
        "answer_files_immutable",
        f"UPDATE answer_files SET names_minors = NOT names_minors WHERE {BEING_WRITTEN}",
    ),
    ("answer_files_immutable", f"DELETE FROM answer_files WHERE {BEING_WRITTEN}"),
    ("answer_sets_immutable", "UPDATE answer_sets SET codec = 'other' WHERE frozen_at IS NULL"),
    ("answer_sets_frozen", "UPDATE answer_sets SET opened = NULL WHERE frozen_at IS NOT NULL"),
    (
        "answer_files_removed",
        f"UPDATE answer_files SET removed_at = now() WHERE {BEING_WRITTEN}",
        f"UPDATE answer_files SET removed_at = NULL WHERE {BEING_WRITTEN}",
    ),
    ("answer_files_asked", twin("answer_files", BEING_WRITTEN, question_key="'nonsense'")),
    (
        "applications_answered",
        "INSERT INTO forms (id, created_at) VALUES (gen_random_uuid(), now())",
        "INSERT INTO answer_sets (id, form_id, codec, created_at) SELECT gen_random_uuid(), id,"
        " 'plain', 'infinity' FROM forms WHERE id NOT IN (SELECT form_id FROM call_forms)",
        twin(
            "applications",
            "number IS NOT NULL",
            number="'X-1'",
            ordinal="998",
            answer_set_id="(SELECT id FROM answer_sets WHERE created_at = 'infinity')",
        ),
    ),
    (
        "clarifications_answered",
        twin(
            "clarifications",
            "reply_id IS NULL",
            answer_set_id="(SELECT answer_set_id"
            " FROM eligibility_checks JOIN applications ON applications.id = application_id"
            " WHERE eligibility_checks.id = check_id LIMIT 1)",
            closed_at="now()",
        ),
    ),
    ("answers_asked", f"UPDATE answers SET question_key = 'nonsense' WHERE {BEING_WRITTEN}"),
    ("answers_closed", FREEZE, f"UPDATE answers SET value = NULL WHERE {FROZEN}"),
    ("answers_closed", FREEZE, f"DELETE FROM answers WHERE {FROZEN}"),
    (
        "answers_closed",
        f"UPDATE answer_sets SET opened = '{{}}' WHERE id IN (SELECT set_id FROM answers"
        f" WHERE {BEING_WRITTEN})",
        "UPDATE answers SET value = NULL WHERE set_id IN"
        " (SELECT id FROM answer_sets WHERE opened = '{}')",
    ),
    ("call_forms_immutable", "UPDATE call_forms SET purpose = 'application'"),
    ("stored_files_immutable", "UPDATE stored_files SET sha256 = repeat('0', 64)"),
    ("stored_files_immutable", "DELETE FROM stored_files"),
    ("registers_immutable", "UPDATE registers SET root = repeat('0', 64)"),
    ("registers_immutable", "DELETE FROM registers"),
    (
        "registers_voided",
        "UPDATE registers SET voided_at = now()",
        "UPDATE registers SET voided_at = NULL",
    ),
    ("uq_registers_current", twin("registers", "voided_at IS NULL")),
    ("register_entries_append_only", "UPDATE register_entries SET seal = repeat('0', 64)"),
    ("register_entries_append_only", "DELETE FROM register_entries"),
    # The logos that papers were issued with.
    ("municipality_logos_append_only", "UPDATE municipality_logos SET file_id = NULL"),
    ("municipality_logos_append_only", "DELETE FROM municipality_logos"),
    # What the board has announced.
    ("terms_versions_append_only", "UPDATE terms_versions SET content = '{\"a\": 1}'"),
    ("terms_versions_append_only", "DELETE FROM terms_versions"),
    (
        "amendments_append_only",
        "INSERT INTO amendments (id, competition_id, number, order_number, order_date, reason,"
        " announced_at, changes, created_at) SELECT gen_random_uuid(), id, 1, '1', '2026-01-01',"
        " '{}', now(), '[]', now() FROM competitions",
        'UPDATE amendments SET reason = \'{"lv": "cits"}\'',
    ),
    ("call_document_versions_append_only", "UPDATE call_document_versions SET note = '{}'"),
    ("call_document_versions_append_only", "DELETE FROM call_document_versions"),
    ("competitions_terms", f"UPDATE competitions SET fixed_sum = 1 WHERE {ANNOUNCED}"),
    ("competitions_terms", f"UPDATE competitions SET total_minimum = 1 WHERE {ANNOUNCED}"),
    (
        "competitions_terms",
        f"UPDATE competitions SET fixed_sum = 1, terms_version = 2 WHERE {DECIDED}",
    ),
    (
        "competitions_deadline",
        "UPDATE competitions SET terms_version = 2, deadline = deadline - interval '1 second'"
        f" WHERE {ANNOUNCED}",
    ),
    ("competitions_announced", f"UPDATE competitions SET code = 'X', slug = 'x' WHERE {ANNOUNCED}"),
    ("competitions_announced", f"UPDATE competitions SET announced_at = now() WHERE {ANNOUNCED}"),
    (
        "competitions_published",
        "UPDATE competitions SET published_at = published_at + interval '1 hour'"
        " WHERE state = 'published'",
    ),
    ("competitions_instalments", "UPDATE competitions SET instalments = '[50, 40]' WHERE true"),
    (
        "competitions_instalments",
        "UPDATE competitions SET instalments = '[]' WHERE state = 'draft'",
    ),
    ("ck_competitions_limits", "UPDATE competitions SET at_risk_min = -1 WHERE state = 'draft'"),
    (
        "ck_competitions_decided_at",
        f"UPDATE competitions SET state = 'decided' WHERE {ANNOUNCED}",
    ),
    (
        "ck_competitions_cancelled_at",
        f"UPDATE competitions SET state = 'cancelled', cancelled_at = now() WHERE {ANNOUNCED}",
    ),
    ("uq_competitions_code", twin("competitions", "true", slug="'x'", ordinal="998")),
    ("form_sections_frozen", f"UPDATE form_sections SET title = '{{}}' WHERE {FILLED}"),
    ("form_questions_frozen", f"UPDATE form_questions SET required = false WHERE {FILLED}"),
    ("form_questions_frozen", f"DELETE FROM form_questions WHERE {FILLED}"),
    ("form_questions_frozen", twin("form_questions", FILLED, key="'x'", measures="NULL")),
    ("criteria_frozen", f"UPDATE criteria SET minimum = 1 WHERE {ASKED} AND kind = 'quality'"),
    ("criteria_frozen", twin("criteria", ASKED, key="'x'", tie_break="NULL")),
    # What the committee and the board have found.
    ("declarations_recused", "UPDATE declarations SET kind = 'none' WHERE kind <> 'none'"),
    ("declarations_recused", "DELETE FROM declarations WHERE kind <> 'none'"),
    ("eligibility_checks_decided", "UPDATE eligibility_checks SET state = 'open'"),
    (
        "eligibility_checks_decided",
        f"UPDATE eligibility_checks SET returned_note = 'x', state = 'open' WHERE {LATE}",
    ),
    ("eligibility_checks_decided", f"DELETE FROM eligibility_checks WHERE {LATE}"),
    (
        "eligibility_answers_decided",
        "INSERT INTO eligibility_answers (id, check_id, criterion_id, verdict, reason,"
        " answered_by_id, answered_at, created_at) SELECT gen_random_uuid(), eligibility_checks.id,"
        f" criteria.id, 'no', 'x', {SOMEBODY}, now(), now() FROM eligibility_checks, criteria"
        " WHERE eligibility_checks.state = 'eligible' LIMIT 1",
    ),
    (
        "clarifications_sealed",
        "UPDATE clarifications SET message = '' WHERE reply_id IS NOT NULL",
    ),
    ("sealed_replies_append_only", "UPDATE sealed_replies SET content = '{}'"),
    ("sealed_replies_append_only", "DELETE FROM sealed_replies"),
    (
        "answer_files_closed",
        f"UPDATE answer_files SET removed_at = now() WHERE {FROZEN}",
    ),
    ("answer_files_closed", twin("answer_files", FROZEN)),
    (
        "uq_clarifications_waiting",
        SPARE_SET,
        twin("clarifications", "reply_id IS NULL", answer_set_id=f"({SPARE})"),
    ),
    (
        "uq_clarifications_answer_set_id",
        twin("clarifications", "reply_id IS NOT NULL", reply_id="NULL", closed_at="now()"),
    ),
    ("uq_score_sheets_current", twin("score_sheets", "state = 'submitted'")),
    ("score_sheets_locked", "UPDATE score_sheets SET overall = 'x' WHERE state = 'submitted'"),
    (
        "score_sheets_locked",
        "UPDATE score_sheets SET state = 'draft', submitted_at = NULL WHERE state = 'submitted'",
    ),
    (
        "score_sheets_discussed",
        "UPDATE score_sheets SET state = 'replaced', replaced_at = now(),"
        f" reopened_by_id = person_id WHERE state = 'submitted' AND {DISCUSSED}",
    ),
    (
        "ck_score_sheets_reopen_reason",
        f"UPDATE score_sheets SET state = 'replaced', replaced_at = now() WHERE {DISCUSSED}",
    ),
    ("assignments_discussed", twin("assignments", DISCUSSED, person_id=SOMEBODY)),
    (
        "assignments_discussed",
        f"UPDATE assignments SET ended_at = now() WHERE {DISCUSSED}",
        f"UPDATE assignments SET ended_at = NULL WHERE {DISCUSSED}",
    ),
    (
        "competitions_discussed",
        "UPDATE competitions SET discussion_opened_at = NULL WHERE discussion_opened_at < now()",
    ),
    (
        "ck_competitions_discussion_reason",
        "UPDATE competitions SET discussion_opened_at = now(), discussion_missing = 2"
        f" WHERE discussion_opened_at IS NULL AND {ANNOUNCED}",
    ),
    ("score_sheets_kept", "DELETE FROM score_sheets WHERE state = 'submitted'"),
    ("scores_locked", "UPDATE scores SET points = 10"),
    ("scores_locked", "DELETE FROM scores"),
    (
        "score_sheets_complete",
        "INSERT INTO score_sheets (id, application_id, person_id, state, overall, saved_at,"
        f" reopen_reason, version, created_at) SELECT gen_random_uuid(), id, {SOMEBODY}, 'draft',"
        " '', now(), '', 1, now() FROM applications LIMIT 1",
        "UPDATE score_sheets SET state = 'submitted', submitted_at = now() WHERE state = 'draft'",
    ),
    (
        "ck_suspected_conflicts_resolved",
        "UPDATE suspected_conflicts SET confirmed = true, reason = 'x'",
    ),
    (
        "ck_suspected_conflicts_resolved",
        "UPDATE suspected_conflicts SET confirmed = false, resolved_at = now(),"
        """ grounds = '["same_organisation"]'""",
    ),
    ("meetings_minuted", "UPDATE meetings SET record = '{}' WHERE closed_at IS NOT NULL"),
    ("meetings_minuted", "DELETE FROM meetings WHERE closed_at IS NOT NULL"),
    ("uq_meetings_open", twin("meetings", "closed_at IS NULL", number="2")),
    (
        "meetings_seated",
        THERE,
        VOTED,
        "UPDATE meetings SET held_at = held_at - interval '10 years' WHERE closed_at IS NULL",
    ),
    (
        "meeting_notes_minuted",
        "INSERT INTO meeting_notes (id, meeting_id, application_id, text, version, created_at)"
        " SELECT gen_random_uuid(), meetings.id, applications.id, 'x', 1, now() FROM meetings"
        " JOIN applications USING (competition_id) WHERE closed_at IS NOT NULL LIMIT 1",
    ),
    ("attendances_minuted", f"UPDATE attendances SET left_at = now() WHERE {CLOSED}"),
    ("attendances_minuted", THERE.replace("IS NULL", "IS NOT NULL")),
    ("attendances_seated", THERE.replace("person_id FROM", f"{SOMEBODY} FROM")),
    ("attendances_voted", THERE, VOTED, f"DELETE FROM attendances WHERE NOT {CLOSED}"),
    ("uq_attendances_there", THERE, THERE),
    (
        "ck_attendances_times",
        THERE,
        "UPDATE attendances SET arrived_at = now(), left_at = now() - interval '1 minute'"
        f" WHERE NOT {CLOSED}",
    ),
    ("votes_minuted", f"UPDATE votes SET withdrawn_at = now() WHERE {CLOSED}"),
    ("votes_minuted", twin("votes", CLOSED, number="2")),
    ("votes_immutable", "UPDATE votes SET carried = NOT carried"),
    (
        "votes_withdrawn",
        f"UPDATE votes SET withdrawn_at = now(), withdrawn_by_id = {SOMEBODY},"
        f" withdrawn_reason = 'x' WHERE NOT {CLOSED}",
        "UPDATE votes SET withdrawn_at = NULL, withdrawn_by_id = NULL, withdrawn_reason = ''"
        f" WHERE NOT {CLOSED}",
    ),
    ("ck_votes_withdrawn", f"UPDATE votes SET withdrawn_at = now() WHERE NOT {CLOSED}"),
    (
        "ballots_minuted",
        f"INSERT INTO ballots SELECT id, {SOMEBODY}, 'for' FROM votes WHERE {CLOSED} LIMIT 1",
    ),
    (
        "ballots_seated",
        f"INSERT INTO ballots SELECT id, {SOMEBODY}, 'for' FROM votes WHERE NOT {CLOSED} LIMIT 1",
    ),
    (
        "ballots_recused",
        twin(
            *("votes", f"NOT {CLOSED}"),
            number="2",
            kind="'tie'",
            order="(SELECT jsonb_agg(number) FROM applications WHERE number IS NOT NULL)",
        ),
        "INSERT INTO ballots SELECT votes.id, person_id, 'for' FROM votes, declarations"
        " WHERE votes.kind = 'tie' AND declarations.kind <> 'none' LIMIT 1",
    ),
    ("ballots_append_only", THERE, VOTED, "UPDATE ballots SET choice = 'against'"),
    # What has been decided. No sum stands with an award: it is the call's, which stands fast.
    ("decisions_signed", "UPDATE decisions SET reasons = 'x' WHERE state = 'signed'"),
    ("decisions_signed", "UPDATE decisions SET outcome = 'reserve' WHERE state = 'published'"),
    ("decisions_signed", "UPDATE decisions SET number = 'x' WHERE state = 'published'"),
    ("decisions_signed", "UPDATE decisions SET by_vote = true WHERE state = 'published'"),
    ("decisions_signed", "UPDATE decisions SET state = 'drafted' WHERE state = 'signed'"),
    (
        "decisions_published",
        "UPDATE decisions SET published_at = NULL WHERE state = 'published'",
    ),
    ("decisions_signed", "UPDATE decisions SET title = 'x' WHERE state = 'signed'"),
    (
        "decisions_signed_by_deputy",
        "UPDATE decisions SET signed_at = now(), as_deputy = true WHERE state = 'drafted'",
        "UPDATE decisions SET reasons = 'x' WHERE state = 'drafted'",
    ),
    ("ck_decisions_as_deputy", "UPDATE decisions SET as_deputy = true WHERE state = 'drafted'"),
    ("decisions_signed", "UPDATE decisions SET signatory = 'x' WHERE state = 'published'"),
    (
        "decisions_taken_back",
        "UPDATE decisions SET state = 'taken_back', taken_back_at = now(), taken_back_reason = 'x'"
        " WHERE state = 'signed'",
        "UPDATE decisions SET taken_back_reason = 'y' WHERE state = 'taken_back'",
    ),
    ("ck_decisions_taken_back", "UPDATE decisions SET state = 'taken_back' WHERE state = 'signed'"),
    (
        "decisions_approved",
        "UPDATE decisions SET vote_id = (SELECT votes.id FROM votes JOIN meetings ON meetings.id ="
        " meeting_id WHERE meetings.competition_id <> decisions.competition_id LIMIT 1)"
        " WHERE state = 'drafted'",
    ),
    (
        "decisions_approved",
        "UPDATE decisions SET vote_id = (SELECT id FROM votes WHERE kind <> 'ranking' LIMIT 1)"
        " WHERE state = 'drafted'",
    ),
    ("ck_decisions_declined_at", "UPDATE decisions SET declined_at = now() WHERE number <> ''"),
    (
        "decisions_dated",
        "UPDATE decisions SET decided_on = (SELECT min(held_at)::date - 1 FROM meetings)"
        " WHERE state = 'drafted'",
    ),
    ("votes_immutable", "UPDATE votes SET digest = repeat('0', 64) WHERE kind = 'ranking'"),
    ("decisions_kept", "DELETE FROM decisions WHERE state = 'signed'"),
    ("ck_decisions_signed", "UPDATE decisions SET state = 'signed' WHERE state = 'drafted'"),
    ("ck_decisions_published", "UPDATE decisions SET state = 'published' WHERE state = 'signed'"),
    ("uq_decisions_current", twin("decisions", "state = 'published'", number="'x'")),
    (
        "uq_decisions_competition_id_number",
        twin("decisions", "state = 'published'", state="'replaced'"),
    ),
    ("letters_immutable", "UPDATE letters SET content = '{}'"),
    ("letters_immutable", "DELETE FROM letters"),
    ("uq_letters_matter_application_id", twin("letters", "true")),
    ("letters_posted", POSTED, f"{POSTED} + 1"),
    ("ck_letters_posted_on", f"{POSTED} - 1"),
    ("ck_letters_posted_by", "UPDATE letters SET posted_on = current_date + 1"),
    ("messages_immutable", "UPDATE messages SET recipient = 'x@example.lv'"),
    ("messages_worded", "UPDATE messages SET text = 'x'"),
    ("messages_immutable", "DELETE FROM messages"),
    (
        "ck_messages_taken_while_queued",
        "UPDATE messages SET taken_at = now(), state = 'failed', sent_at = NULL",
    ),
    # Who did what, and who might.
    ("journal_entries_append_only", "UPDATE journal_entries SET event = 'x'"),
    ("journal_entries_append_only", "DELETE FROM journal_entries"),
    (
        "journal_seals_append_only",
        "INSERT INTO journal_seals VALUES (1, 1, 'x', now())",
        "UPDATE journal_seals SET digest = 'y'",
    ),
    ("role_grants_immutable", "DELETE FROM role_grants"),
    ("role_grants_immutable", "UPDATE role_grants SET since = since - 1"),
    (
        "role_grants_ended",
        "UPDATE role_grants SET ended_at = now() WHERE role = 'member'",
        "UPDATE role_grants SET ended_at = NULL WHERE role = 'member'",
    ),
    # A scope is made with the row that it is of, and stays what it is.
    *(
        (f"{table}_lasting", change.format(table))
        for table in ("municipalities", "organisations", "competitions")
        for change in ("DELETE FROM {}", "UPDATE {} SET id = gen_random_uuid()")
    ),
    ("scopes_append_only", "UPDATE scopes SET parent_id = NULL"),
    ("scopes_append_only", "DELETE FROM scopes"),
    ("scopes_made", "INSERT INTO scopes VALUES (gen_random_uuid(), 'competitions')"),
    ("pk_scopes", twin("organisations", "true", id="(SELECT id FROM municipalities LIMIT 1)")),
    (
        "fk_competitions_id_municipality_id",
        twin("municipalities", "true", code="'XYZ'"),
        "UPDATE competitions SET municipality_id = (SELECT id FROM municipalities"
        " WHERE code = 'XYZ') WHERE state = 'draft'",
    ),
    # A role holds in the kind of scope that is its own.
    ("roles_append_only", "UPDATE roles SET scope_kind = NULL"),
    ("roles_append_only", "DELETE FROM roles"),
    ("roles_migrated", "INSERT INTO roles VALUES ('king')"),
    ("role_grants_scope", twin("role_grants", "role = 'officer'", role="'member'")),
    ("role_grants_scope", twin("role_grants", "role = 'officer'", scope_id="NULL")),
    ("role_grants_scope", twin("role_grants", "role = 'owner'", role="'administrator'")),
    ("role_grants_scope", twin("role_grants", "role = 'owner'", role="'king'")),
    ("role_grants_once", twin("role_grants", "role = 'member'", since="since + 700")),
    ("role_grants_once", twin("role_grants", "role = 'head'", since="since - 9", until="since")),
    ("role_grants_once", twin("role_grants", "role = 'administrator'", until="since + 1")),
    (
        "role_grants_once",
        "UPDATE role_grants SET until = since WHERE role = 'member'",
        twin("role_grants", "role = 'member'", since="since + 1", until="NULL"),
        "UPDATE role_grants SET until = NULL WHERE until IS NOT NULL",
    ),
    ("role_grants_audits", twin("role_grants", "role = 'officer'", role="'auditor'")),
    ("role_grants_audits", twin("role_grants", "role = 'auditor'", role="'head'", until="since")),
    (
        "role_grants_apart",
        twin(
            "role_grants",
            "role = 'secretary'",
            role="'head'",
            scope_id="(SELECT parent_id FROM scopes WHERE id = scope_id)",
        ),
    ),
    ("role_grants_apart", SEATED.format("auditor", "since - 30", "since")),
    ("role_grants_apart", SEATED.format("head", "'2030-01-01'", "NULL")),
    ("role_grants_one_chair", twin("role_grants", "role = 'chair'", person_id=SOMEBODY)),
    (
        "role_grants_one_secretary",
        twin("role_grants", "role = 'secretary'", person_id=SOMEBODY, since="since + 1"),
    ),
    ("ck_organisations_phone", "UPDATE organisations SET phone = '29 123 456'"),
    # Who asks for an organisation, and who gives it.
    ("organisation_claims_immutable", "UPDATE organisation_claims SET position = 'cits'"),
    (
        "organisation_claims_numbered",
        twin("organisation_claims", "true", registration_number="'40008000000'"),
    ),
    ("organisations_claimed", CLAIMED.format("registration_number = '40008000000'")),
    ("organisations_claimed", CLAIMED.format("kind = 'foundation'")),
    ("organisation_claims_immutable", "DELETE FROM organisation_claims"),
    ("uq_organisation_claims_open", twin("organisation_claims", "true")),
    ("ck_organisation_claims_own", JUDGED.format("refused", "claimant_id")),
    ("organisation_claims_impartial", JUDGED.format("refused", BELONGING)),
    ("organisation_claims_owned", JUDGED.format("approved", ADMINISTRATOR)),
    (
        "organisation_claims_ended",
        JUDGED.format("refused", ADMINISTRATOR),
        "UPDATE organisation_claims SET reason = 'cits'",
    ),
    (
        "role_grants_administered",
        "UPDATE role_grants SET ended_at = now() WHERE role = 'administrator'",
    ),
    (
        "role_grants_administered",
        "UPDATE role_grants SET until = current_date + 30 WHERE role = 'administrator'",
    ),
    (
        "persons_administered",
        "UPDATE persons SET closed_at = now() WHERE name = 'Administrators'",
    ),
    *(
        (f"{table}_never_emptied", f"TRUNCATE {table} CASCADE")
        for table in (
            "submissions",
            "answer_files",
            "answer_sets",
            "call_forms",
            "stored_files",
            "registers",
            "register_entries",
            "terms_versions",
            "amendments",
            "call_document_versions",
            "votes",
            "ballots",
            "letters",
            "messages",
            "journal_entries",
            "journal_seals",
            "sealed_replies",
            "role_grants",
            "organisation_claims",
            "scopes",
            "roles",
            "municipalities",
            "municipality_logos",
            "organisations",
            "competitions",
        )
    ),
]


@pytest.mark.parametrize(("refusal", "statements"), [(name, rest) for name, *rest in CASES])
def test_it_is_refused(world: World, refusal: str, statements: list[str]) -> None:
    *allowed, refused = statements
    with world.app.app_context(), db.engine.connect() as connection:
        for statement in allowed:
            assert connection.execute(text(statement)).rowcount, statement
        with pytest.raises(IntegrityError) as caught:
            connection.execute(text(refused))
    assert isinstance(caught.value.orig, psycopg.Error)
    assert caught.value.orig.diag.constraint_name == refusal


def test_every_refusal_has_a_case(world: World) -> None:
    asked = text(
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        " AND tgrelid::regclass::text NOT LIKE 'procrastinate%'"
        " AND tgfoid <> 'make_scope'::regproc"  # which refuses nothing
    )
    with world.app.app_context(), db.engine.connect() as connection:
        names = set(connection.scalars(asked))
    assert names and names == {name for name, *_ in CASES if not re.match("(uq|ck|pk|fk)_", name)}
