"""Every table of the ground floor and of competitions, and the triggers that guard some of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# What guards rows that must not change, whoever asks.
FUNCTIONS = (
    """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    refused boolean;
BEGIN
    refused := true;
    IF refused THEN
        RAISE EXCEPTION '% refuses this %', TG_NAME, TG_OP
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
    """,
    """
CREATE OR REPLACE FUNCTION refuse_if() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    refused boolean;
BEGIN
    EXECUTE 'SELECT ' || TG_ARGV[0] || ' FROM (SELECT ($1).*) AS OLD, (SELECT ($2).*) AS NEW'
        INTO refused USING OLD, NEW;
    IF refused THEN
        RAISE EXCEPTION '% refuses this %', TG_NAME, TG_OP
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
    """,
    """
CREATE OR REPLACE FUNCTION make_scope() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO scopes (id, kind, parent_id)
        VALUES (NEW.id, TG_TABLE_NAME, (to_jsonb(NEW) ->> TG_ARGV[0])::uuid);
    RETURN NEW;
END $$
    """,
    """
CREATE OR REPLACE FUNCTION persons_administered() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    refused boolean;
BEGIN
    IF OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL AND EXISTS (SELECT FROM role_grants WHERE person_id = NEW.id AND role = 'administrator' AND until IS NULL AND ended_at IS NULL) THEN
    PERFORM FROM role_grants WHERE role = 'administrator' AND until IS NULL AND ended_at IS NULL ORDER BY id FOR UPDATE;
    refused := NOT EXISTS (
        SELECT FROM role_grants JOIN persons ON persons.id = person_id
        WHERE role = 'administrator' AND until IS NULL AND ended_at IS NULL AND closed_at IS NULL AND confirmed_at IS NOT NULL
            AND person_id <> NEW.id AND since <= (NEW.closed_at AT TIME ZONE 'Europe/Riga')::date
    );
    END IF;
    IF refused THEN
        RAISE EXCEPTION '% refuses this %', TG_NAME, TG_OP
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
    """,
    """
CREATE OR REPLACE FUNCTION role_grants_scope() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    refused boolean;
BEGIN
    refused := NOT EXISTS (
        SELECT FROM roles LEFT JOIN scopes ON scopes.id = NEW.scope_id
        WHERE roles.code = NEW.role AND roles.scope_kind IS NOT DISTINCT FROM scopes.kind
    );
    IF refused THEN
        RAISE EXCEPTION '% refuses this %', TG_NAME, TG_OP
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
    """,
    """
CREATE OR REPLACE FUNCTION role_grants_once() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    refused boolean;
BEGIN
    IF true THEN
    PERFORM FROM persons WHERE id = NEW.person_id FOR NO KEY UPDATE;
    refused := EXISTS (
        SELECT FROM role_grants AS other
        WHERE other.person_id = NEW.person_id AND other.id <> NEW.id
            AND daterange(other.since, greatest(other.since, coalesce(least(other.until + 1, (other.ended_at AT TIME ZONE 'Europe/Riga')::date), 'infinity'::date))) && daterange(NEW.since, greatest(NEW.since, coalesce(least(NEW.until + 1, (NEW.ended_at AT TIME ZONE 'Europe/Riga')::date), 'infinity'::date)))
            AND (other.role = NEW.role AND other.scope_id IS NOT DISTINCT FROM NEW.scope_id)
    );
    END IF;
    IF refused THEN
        RAISE EXCEPTION '% refuses this %', TG_NAME, TG_OP
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
    """,
    """
CREATE OR REPLACE FUNCTION role_grants_audits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    refused boolean;
BEGIN
    IF true THEN
    PERFORM FROM persons WHERE id = NEW.person_id FOR NO KEY UPDATE;
    refused := EXISTS (
        SELECT FROM role_grants AS other
        WHERE other.person_id = NEW.person_id AND other.id <> NEW.id
            AND daterange(other.since, greatest(other.since, coalesce(least(other.until + 1, (other.ended_at AT TIME ZONE 'Europe/Riga')::date), 'infinity'::date))) && daterange(NEW.since, greatest(NEW.since, coalesce(least(NEW.until + 1, (NEW.ended_at AT TIME ZONE 'Europe/Riga')::date), 'infinity'::date)))
            AND (other.scope_id = NEW.scope_id AND (other.role = 'auditor') <> (NEW.role = 'auditor'))
    );
    END IF;
    IF refused THEN
        RAISE EXCEPTION '% refuses this %', TG_NAME, TG_OP
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
    """,
    """
CREATE OR REPLACE FUNCTION role_grants_administered() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    refused boolean;
BEGIN
    IF OLD.role = 'administrator' AND OLD.until IS NULL AND OLD.ended_at IS NULL THEN
    PERFORM FROM role_grants WHERE role = 'administrator' AND until IS NULL AND ended_at IS NULL ORDER BY id FOR UPDATE;
    refused := NOT EXISTS (
        SELECT FROM role_grants JOIN persons ON persons.id = person_id
        WHERE role = 'administrator' AND until IS NULL AND ended_at IS NULL AND closed_at IS NULL AND confirmed_at IS NOT NULL
            AND person_id <> NEW.person_id AND since <= coalesce((NEW.ended_at AT TIME ZONE 'Europe/Riga')::date, NEW.until + 1, 'infinity')
    );
    END IF;
    IF refused THEN
        RAISE EXCEPTION '% refuses this %', TG_NAME, TG_OP
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
    """,
    """
CREATE OR REPLACE FUNCTION role_grants_apart() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    refused boolean;
BEGIN
    IF true THEN
    PERFORM FROM persons WHERE id = NEW.person_id FOR NO KEY UPDATE;
    refused := EXISTS (
        SELECT FROM role_grants AS other
        WHERE other.person_id = NEW.person_id AND other.id <> NEW.id
            AND daterange(other.since, greatest(other.since, coalesce(least(other.until + 1, (other.ended_at AT TIME ZONE 'Europe/Riga')::date), 'infinity'::date))) && daterange(NEW.since, greatest(NEW.since, coalesce(least(NEW.until + 1, (NEW.ended_at AT TIME ZONE 'Europe/Riga')::date), 'infinity'::date)))
            AND (EXISTS (SELECT FROM competitions WHERE (other.role IN ('head', 'deputy', 'auditor') AND competitions.id = NEW.scope_id AND competitions.municipality_id = other.scope_id) OR (NEW.role IN ('head', 'deputy', 'auditor') AND competitions.id = other.scope_id AND competitions.municipality_id = NEW.scope_id)))
    );
    END IF;
    IF refused THEN
        RAISE EXCEPTION '% refuses this %', TG_NAME, TG_OP
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
    """,
    """
CREATE OR REPLACE FUNCTION role_grants_one_chair() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    refused boolean;
BEGIN
    IF NEW.role = 'chair' THEN
    PERFORM FROM scopes WHERE id = NEW.scope_id FOR NO KEY UPDATE;
    refused := EXISTS (
        SELECT FROM role_grants AS other
        WHERE other.scope_id = NEW.scope_id AND other.id <> NEW.id
            AND daterange(other.since, greatest(other.since, coalesce(least(other.until + 1, (other.ended_at AT TIME ZONE 'Europe/Riga')::date), 'infinity'::date))) && daterange(NEW.since, greatest(NEW.since, coalesce(least(NEW.until + 1, (NEW.ended_at AT TIME ZONE 'Europe/Riga')::date), 'infinity'::date)))
            AND (other.role = NEW.role)
    );
    END IF;
    IF refused THEN
        RAISE EXCEPTION '% refuses this %', TG_NAME, TG_OP
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
    """,
    """
CREATE OR REPLACE FUNCTION role_grants_one_secretary() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    refused boolean;
BEGIN
    IF NEW.role = 'secretary' THEN
    PERFORM FROM scopes WHERE id = NEW.scope_id FOR NO KEY UPDATE;
    refused := EXISTS (
        SELECT FROM role_grants AS other
        WHERE other.scope_id = NEW.scope_id AND other.id <> NEW.id
            AND daterange(other.since, greatest(other.since, coalesce(least(other.until + 1, (other.ended_at AT TIME ZONE 'Europe/Riga')::date), 'infinity'::date))) && daterange(NEW.since, greatest(NEW.since, coalesce(least(NEW.until + 1, (NEW.ended_at AT TIME ZONE 'Europe/Riga')::date), 'infinity'::date)))
            AND (other.role = NEW.role)
    );
    END IF;
    IF refused THEN
        RAISE EXCEPTION '% refuses this %', TG_NAME, TG_OP
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
    """,
    """
CREATE OR REPLACE FUNCTION form_sections_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    refused boolean;
BEGIN
    PERFORM FROM forms WHERE id IN (OLD.form_id, NEW.form_id) FOR UPDATE;
    refused := EXISTS (SELECT FROM answer_sets WHERE form_id IN (OLD.form_id, NEW.form_id));
    IF refused THEN
        RAISE EXCEPTION '% refuses this %', TG_NAME, TG_OP
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
    """,
    """
CREATE OR REPLACE FUNCTION form_questions_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    refused boolean;
BEGIN
    PERFORM FROM forms WHERE id IN (OLD.form_id, NEW.form_id) FOR UPDATE;
    refused := EXISTS (SELECT FROM answer_sets WHERE form_id IN (OLD.form_id, NEW.form_id));
    IF refused THEN
        RAISE EXCEPTION '% refuses this %', TG_NAME, TG_OP
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
    """,
    """
CREATE OR REPLACE FUNCTION answers_closed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    refused boolean;
BEGIN
    PERFORM FROM answer_sets WHERE id IN (OLD.set_id, NEW.set_id) FOR SHARE;
    refused := EXISTS (
        SELECT FROM answer_sets WHERE id IN (OLD.set_id, NEW.set_id) AND (
            frozen_at IS NOT NULL
            OR NOT jsonb_exists(opened, coalesce(NEW.question_key, OLD.question_key))
        )
    );
    IF refused THEN
        RAISE EXCEPTION '% refuses this %', TG_NAME, TG_OP
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
    """,
    """
CREATE OR REPLACE FUNCTION answers_asked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    refused boolean;
BEGIN
    refused := NOT (false OR EXISTS (
        SELECT FROM answer_sets JOIN form_questions USING (form_id)
        WHERE answer_sets.id = NEW.set_id AND form_questions.key = NEW.question_key
    ));
    IF refused THEN
        RAISE EXCEPTION '% refuses this %', TG_NAME, TG_OP
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
    """,
    """
CREATE OR REPLACE FUNCTION answer_files_closed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    refused boolean;
BEGIN
    PERFORM FROM answer_sets WHERE id IN (OLD.set_id, NEW.set_id) FOR SHARE;
    refused := EXISTS (
        SELECT FROM answer_sets WHERE id IN (OLD.set_id, NEW.set_id) AND (
            frozen_at IS NOT NULL
            OR NOT jsonb_exists(opened, coalesce(NEW.question_key, OLD.question_key))
        )
    );
    IF refused THEN
        RAISE EXCEPTION '% refuses this %', TG_NAME, TG_OP
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
    """,
    """
CREATE OR REPLACE FUNCTION answer_files_asked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    refused boolean;
BEGIN
    refused := NOT (starts_with(NEW.question_key, '_') OR EXISTS (
        SELECT FROM answer_sets JOIN form_questions USING (form_id)
        WHERE answer_sets.id = NEW.set_id AND form_questions.key = NEW.question_key
    ));
    IF refused THEN
        RAISE EXCEPTION '% refuses this %', TG_NAME, TG_OP
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
    """,
    """
CREATE OR REPLACE FUNCTION assignments_discussed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    refused boolean;
BEGIN
    refused := NEW.ended_at IS NULL AND (TG_OP = 'INSERT' OR OLD.ended_at IS NOT NULL) AND EXISTS (SELECT FROM applications JOIN competitions ON competitions.id = competition_id JOIN score_sheets ON application_id = applications.id WHERE applications.id = NEW.application_id AND discussion_opened_at IS NOT NULL AND score_sheets.state <> 'draft' AND score_sheets.person_id <> NEW.person_id AND reopened_by_id IS DISTINCT FROM score_sheets.person_id);
    IF refused THEN
        RAISE EXCEPTION '% refuses this %', TG_NAME, TG_OP
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
    """,
    """
CREATE OR REPLACE FUNCTION scores_locked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    refused boolean;
BEGIN
    refused := (SELECT state FROM score_sheets WHERE id = OLD.sheet_id) <> 'draft';
    IF refused THEN
        RAISE EXCEPTION '% refuses this %', TG_NAME, TG_OP
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
    """,
)
TRIGGERS = (
    "CREATE TRIGGER amendments_append_only BEFORE UPDATE OR DELETE ON amendments FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER amendments_never_emptied BEFORE TRUNCATE ON amendments FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER answer_files_asked BEFORE INSERT OR UPDATE OF set_id, question_key ON answer_files FOR EACH ROW EXECUTE FUNCTION answer_files_asked()",
    "CREATE TRIGGER answer_files_closed BEFORE INSERT OR UPDATE OR DELETE ON answer_files FOR EACH ROW EXECUTE FUNCTION answer_files_closed()",
    'CREATE TRIGGER answer_files_immutable BEFORE UPDATE OF "id", "set_id", "question_key", "file_id", "names_minors", "added_by_id", "created_at" OR DELETE ON answer_files FOR EACH ROW EXECUTE FUNCTION refuse_change()',
    "CREATE TRIGGER answer_files_never_emptied BEFORE TRUNCATE ON answer_files FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER answer_files_removed BEFORE UPDATE ON answer_files FOR EACH ROW WHEN (OLD.removed_at IS NOT NULL) EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER answer_sets_frozen BEFORE UPDATE ON answer_sets FOR EACH ROW WHEN (OLD.frozen_at IS NOT NULL) EXECUTE FUNCTION refuse_change()",
    'CREATE TRIGGER answer_sets_immutable BEFORE UPDATE OF "id", "form_id", "codec", "created_at" OR DELETE ON answer_sets FOR EACH ROW EXECUTE FUNCTION refuse_change()',
    "CREATE TRIGGER answer_sets_never_emptied BEFORE TRUNCATE ON answer_sets FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER answers_asked BEFORE INSERT OR UPDATE OF set_id, question_key ON answers FOR EACH ROW EXECUTE FUNCTION answers_asked()",
    "CREATE TRIGGER answers_closed BEFORE INSERT OR UPDATE OR DELETE ON answers FOR EACH ROW EXECUTE FUNCTION answers_closed()",
    "CREATE TRIGGER applications_answered BEFORE INSERT OR UPDATE OF competition_id, answer_set_id ON applications FOR EACH ROW EXECUTE FUNCTION refuse_if('NOT EXISTS (SELECT FROM answer_sets JOIN call_forms USING (form_id) WHERE answer_sets.id = NEW.answer_set_id AND call_forms.competition_id = NEW.competition_id AND purpose = ''application'')')",
    "CREATE TRIGGER applications_kept BEFORE DELETE ON applications FOR EACH ROW WHEN (OLD.number IS NOT NULL) EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER applications_numbered BEFORE UPDATE OF competition_id, ordinal, number ON applications FOR EACH ROW WHEN (OLD.number IS NOT NULL) EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER assignments_discussed BEFORE INSERT OR UPDATE OF ended_at ON assignments FOR EACH ROW EXECUTE FUNCTION assignments_discussed()",
    "CREATE TRIGGER attendances_minuted BEFORE INSERT OR UPDATE OR DELETE ON attendances FOR EACH ROW EXECUTE FUNCTION refuse_if('EXISTS (SELECT FROM meetings WHERE id IN (OLD.meeting_id, NEW.meeting_id) AND closed_at IS NOT NULL)')",
    "CREATE TRIGGER attendances_seated BEFORE INSERT ON attendances FOR EACH ROW EXECUTE FUNCTION refuse_if('NOT EXISTS (SELECT FROM meetings WHERE meetings.id = NEW.meeting_id AND EXISTS (SELECT FROM role_grants WHERE role_grants.person_id = NEW.person_id AND role_grants.scope_id = meetings.competition_id AND role IN (''member'', ''chair'', ''secretary'') AND since <= (held_at AT TIME ZONE ''Europe/Riga'')::date AND (until IS NULL OR until >= (held_at AT TIME ZONE ''Europe/Riga'')::date) AND (ended_at IS NULL OR ended_at > held_at)))')",
    "CREATE TRIGGER attendances_voted BEFORE DELETE ON attendances FOR EACH ROW EXECUTE FUNCTION refuse_if('EXISTS (SELECT FROM votes JOIN ballots ON ballots.vote_id = votes.id WHERE votes.meeting_id = OLD.meeting_id AND votes.withdrawn_at IS NULL AND ballots.person_id = OLD.person_id)')",
    "CREATE TRIGGER ballots_append_only BEFORE UPDATE OR DELETE ON ballots FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER ballots_minuted BEFORE INSERT ON ballots FOR EACH ROW EXECUTE FUNCTION refuse_if('EXISTS (SELECT FROM meetings JOIN votes ON votes.meeting_id = meetings.id WHERE votes.id = NEW.vote_id AND closed_at IS NOT NULL)')",
    "CREATE TRIGGER ballots_never_emptied BEFORE TRUNCATE ON ballots FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER ballots_recused BEFORE INSERT ON ballots FOR EACH ROW EXECUTE FUNCTION refuse_if('EXISTS (SELECT FROM votes JOIN applications ON votes.\"order\" ? applications.number WHERE votes.id = NEW.vote_id AND votes.kind = ''tie'' AND (EXISTS (SELECT FROM declarations WHERE declarations.person_id = NEW.person_id AND application_id = applications.id AND declarations.kind <> ''none'') OR EXISTS (SELECT FROM suspected_conflicts WHERE suspected_conflicts.person_id = NEW.person_id AND application_id = applications.id AND confirmed IS DISTINCT FROM false)))')",
    "CREATE TRIGGER ballots_seated BEFORE INSERT ON ballots FOR EACH ROW EXECUTE FUNCTION refuse_if('NOT EXISTS (SELECT FROM votes JOIN meetings ON meetings.id = votes.meeting_id JOIN attendances ON attendances.meeting_id = meetings.id AND left_at IS NULL WHERE votes.id = NEW.vote_id AND attendances.person_id = NEW.person_id AND EXISTS (SELECT FROM role_grants WHERE role_grants.person_id = NEW.person_id AND role_grants.scope_id = meetings.competition_id AND role IN (''member'') AND since <= (held_at AT TIME ZONE ''Europe/Riga'')::date AND (until IS NULL OR until >= (held_at AT TIME ZONE ''Europe/Riga'')::date) AND (ended_at IS NULL OR ended_at > held_at)))')",
    "CREATE TRIGGER call_document_versions_append_only BEFORE UPDATE OR DELETE ON call_document_versions FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER call_document_versions_never_emptied BEFORE TRUNCATE ON call_document_versions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    'CREATE TRIGGER call_forms_immutable BEFORE UPDATE OF "id", "competition_id", "purpose", "form_id", "created_at" OR DELETE ON call_forms FOR EACH ROW EXECUTE FUNCTION refuse_change()',
    "CREATE TRIGGER call_forms_never_emptied BEFORE TRUNCATE ON call_forms FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER clarifications_answered BEFORE INSERT OR UPDATE OF check_id, answer_set_id ON clarifications FOR EACH ROW EXECUTE FUNCTION refuse_if('NOT EXISTS (SELECT FROM eligibility_checks JOIN applications ON applications.id = eligibility_checks.application_id JOIN answer_sets AS theirs ON theirs.id = applications.answer_set_id JOIN answer_sets AS own ON own.form_id = theirs.form_id AND own.id <> theirs.id WHERE eligibility_checks.id = NEW.check_id AND own.id = NEW.answer_set_id AND NOT EXISTS (SELECT FROM applications WHERE answer_set_id = own.id))')",
    "CREATE TRIGGER clarifications_sealed BEFORE UPDATE OR DELETE ON clarifications FOR EACH ROW WHEN (OLD.reply_id IS NOT NULL) EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER competitions_announced BEFORE UPDATE OF municipality_id, year, ordinal, code, slug, announced_at ON competitions FOR EACH ROW WHEN (OLD.announced_at IS NOT NULL AND (NEW.municipality_id, NEW.year, NEW.ordinal, NEW.code, NEW.slug, NEW.announced_at) IS DISTINCT FROM (OLD.municipality_id, OLD.year, OLD.ordinal, OLD.code, OLD.slug, OLD.announced_at)) EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER competitions_deadline BEFORE UPDATE OF deadline ON competitions FOR EACH ROW WHEN (OLD.state <> 'draft' AND NEW.deadline < OLD.deadline) EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER competitions_discussed BEFORE UPDATE OF discussion_opened_at, discussion_missing, discussion_reason ON competitions FOR EACH ROW WHEN (OLD.discussion_opened_at IS NOT NULL AND (NEW.discussion_opened_at, NEW.discussion_missing, NEW.discussion_reason) IS DISTINCT FROM (OLD.discussion_opened_at, OLD.discussion_missing, OLD.discussion_reason)) EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER competitions_instalments BEFORE INSERT OR UPDATE OF instalments ON competitions FOR EACH ROW EXECUTE FUNCTION refuse_if('(SELECT sum(share::int) FROM jsonb_array_elements_text(NEW.instalments) AS share) IS DISTINCT FROM 100')",
    "CREATE TRIGGER competitions_lasting BEFORE UPDATE OF id OR DELETE ON competitions FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER competitions_never_emptied BEFORE TRUNCATE ON competitions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER competitions_published BEFORE UPDATE OF published_at ON competitions FOR EACH ROW WHEN (OLD.published_at IS NOT NULL AND (NEW.published_at) IS DISTINCT FROM (OLD.published_at)) EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER competitions_scope BEFORE INSERT ON competitions FOR EACH ROW EXECUTE FUNCTION make_scope('municipality_id')",
    "CREATE TRIGGER competitions_terms BEFORE UPDATE OF title, fixed_sum, opens_at, deadline, results_by, start_from, start_to, months_min, months_max, lead, programme, legal_basis, aims, target_groups, eligible_kinds, contact, contact_email, appeal, grants, budget, instalments, intensity_percent, applications_per_organisation, participants_min, at_risk_min, reserve_public, total_minimum, spread_flag, announced_municipality, announced_organiser ON competitions FOR EACH ROW WHEN (OLD.state NOT IN ('draft', 'announced') OR (OLD.state = 'announced' AND NEW.terms_version <= OLD.terms_version)) EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER criteria_frozen BEFORE INSERT OR UPDATE OR DELETE ON criteria FOR EACH ROW EXECUTE FUNCTION refuse_if('EXISTS (SELECT FROM applications WHERE competition_id IN (OLD.competition_id, NEW.competition_id))')",
    "CREATE TRIGGER decisions_approved BEFORE INSERT OR UPDATE OF vote_id ON decisions FOR EACH ROW EXECUTE FUNCTION refuse_if('NOT EXISTS (SELECT FROM votes JOIN meetings ON meetings.id = votes.meeting_id WHERE votes.id = NEW.vote_id AND meetings.competition_id = NEW.competition_id AND meetings.closed_at IS NOT NULL AND votes.digest IS NOT NULL AND votes.withdrawn_at IS NULL)')",
    "CREATE TRIGGER decisions_dated BEFORE INSERT OR UPDATE OF decided_on, vote_id ON decisions FOR EACH ROW EXECUTE FUNCTION refuse_if('NEW.decided_on < (SELECT (held_at AT TIME ZONE ''Europe/Riga'')::date FROM meetings JOIN votes ON votes.meeting_id = meetings.id WHERE votes.id = NEW.vote_id)')",
    "CREATE TRIGGER decisions_kept BEFORE DELETE ON decisions FOR EACH ROW WHEN (OLD.state <> 'drafted') EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER decisions_published BEFORE UPDATE OF published_at ON decisions FOR EACH ROW WHEN (OLD.published_at IS NOT NULL AND (NEW.published_at) IS DISTINCT FROM (OLD.published_at)) EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER decisions_signed BEFORE UPDATE ON decisions FOR EACH ROW WHEN (OLD.state <> 'drafted' AND (NEW.state = 'drafted' OR (NEW.competition_id, NEW.application_id, NEW.vote_id, NEW.title, NEW.applicant, NEW.registration_number, NEW.outcome, NEW.number, NEW.decided_on, NEW.place, NEW.total, NEW.by_criteria, NEW.by_vote, NEW.conditions, NEW.reasons, NEW.signed_by_id, NEW.signatory, NEW.organiser, NEW.as_deputy, NEW.signed_at, NEW.promoted_from_id, NEW.in_place_of_id) IS DISTINCT FROM (OLD.competition_id, OLD.application_id, OLD.vote_id, OLD.title, OLD.applicant, OLD.registration_number, OLD.outcome, OLD.number, OLD.decided_on, OLD.place, OLD.total, OLD.by_criteria, OLD.by_vote, OLD.conditions, OLD.reasons, OLD.signed_by_id, OLD.signatory, OLD.organiser, OLD.as_deputy, OLD.signed_at, OLD.promoted_from_id, OLD.in_place_of_id))) EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER decisions_signed_by_deputy BEFORE UPDATE ON decisions FOR EACH ROW WHEN (OLD.state = 'drafted' AND OLD.signed_at IS NOT NULL AND NEW.signed_at IS NOT NULL AND ((NEW.competition_id, NEW.application_id, NEW.vote_id, NEW.title, NEW.applicant, NEW.registration_number, NEW.outcome, NEW.decided_on, NEW.place, NEW.total, NEW.by_criteria, NEW.by_vote, NEW.conditions, NEW.reasons, NEW.signed_by_id, NEW.signatory, NEW.organiser, NEW.as_deputy, NEW.signed_at, NEW.promoted_from_id, NEW.in_place_of_id) IS DISTINCT FROM (OLD.competition_id, OLD.application_id, OLD.vote_id, OLD.title, OLD.applicant, OLD.registration_number, OLD.outcome, OLD.decided_on, OLD.place, OLD.total, OLD.by_criteria, OLD.by_vote, OLD.conditions, OLD.reasons, OLD.signed_by_id, OLD.signatory, OLD.organiser, OLD.as_deputy, OLD.signed_at, OLD.promoted_from_id, OLD.in_place_of_id))) EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER decisions_taken_back BEFORE UPDATE ON decisions FOR EACH ROW WHEN (OLD.state = 'taken_back') EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER declarations_recused BEFORE UPDATE OR DELETE ON declarations FOR EACH ROW WHEN (OLD.kind <> 'none') EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER eligibility_answers_decided BEFORE INSERT OR UPDATE OR DELETE ON eligibility_answers FOR EACH ROW EXECUTE FUNCTION refuse_if('EXISTS (SELECT FROM eligibility_checks WHERE id IN (OLD.check_id, NEW.check_id) AND state IN (''eligible'', ''ineligible''))')",
    "CREATE TRIGGER eligibility_checks_decided BEFORE UPDATE OR DELETE ON eligibility_checks FOR EACH ROW EXECUTE FUNCTION refuse_if('OLD.state IN (''eligible'', ''ineligible'') AND (NEW.state IS DISTINCT FROM ''open'' OR NEW.returned_note = '''' OR EXISTS (SELECT FROM applications JOIN competitions ON competitions.id = applications.competition_id WHERE applications.id = OLD.application_id AND competitions.state <> ''announced''))')",
    "CREATE TRIGGER form_questions_frozen BEFORE INSERT OR UPDATE OR DELETE ON form_questions FOR EACH ROW EXECUTE FUNCTION form_questions_frozen()",
    "CREATE TRIGGER form_sections_frozen BEFORE INSERT OR UPDATE OR DELETE ON form_sections FOR EACH ROW EXECUTE FUNCTION form_sections_frozen()",
    "CREATE TRIGGER journal_entries_append_only BEFORE UPDATE OR DELETE ON journal_entries FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER journal_entries_never_emptied BEFORE TRUNCATE ON journal_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER journal_seals_append_only BEFORE UPDATE OR DELETE ON journal_seals FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER journal_seals_never_emptied BEFORE TRUNCATE ON journal_seals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    'CREATE TRIGGER letters_immutable BEFORE UPDATE OF "id", "application_id", "matter", "template", "language", "content", "messages", "created_at" OR DELETE ON letters FOR EACH ROW EXECUTE FUNCTION refuse_change()',
    "CREATE TRIGGER letters_never_emptied BEFORE TRUNCATE ON letters FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER letters_posted BEFORE UPDATE ON letters FOR EACH ROW WHEN (OLD.posted_on IS NOT NULL) EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER meeting_notes_minuted BEFORE INSERT OR UPDATE OR DELETE ON meeting_notes FOR EACH ROW EXECUTE FUNCTION refuse_if('EXISTS (SELECT FROM meetings WHERE id IN (OLD.meeting_id, NEW.meeting_id) AND closed_at IS NOT NULL)')",
    "CREATE TRIGGER meetings_minuted BEFORE UPDATE OR DELETE ON meetings FOR EACH ROW WHEN (OLD.closed_at IS NOT NULL) EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER meetings_seated BEFORE UPDATE OF held_at, closed_at ON meetings FOR EACH ROW EXECUTE FUNCTION refuse_if('EXISTS (SELECT FROM votes JOIN ballots ON ballots.vote_id = votes.id CROSS JOIN (SELECT NEW.competition_id, NEW.held_at) AS meetings WHERE votes.meeting_id = NEW.id AND votes.withdrawn_at IS NULL AND NOT EXISTS (SELECT FROM role_grants WHERE role_grants.person_id = ballots.person_id AND role_grants.scope_id = meetings.competition_id AND role IN (''member'') AND since <= (held_at AT TIME ZONE ''Europe/Riga'')::date AND (until IS NULL OR until >= (held_at AT TIME ZONE ''Europe/Riga'')::date) AND (ended_at IS NULL OR ended_at > held_at)))')",
    'CREATE TRIGGER messages_immutable BEFORE UPDATE OF "id", "key", "template", "recipient", "person_id", "language", "subject", "about_type", "about_id", "created_at" OR DELETE ON messages FOR EACH ROW EXECUTE FUNCTION refuse_change()',
    "CREATE TRIGGER messages_never_emptied BEFORE TRUNCATE ON messages FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER messages_worded BEFORE UPDATE OF text, html ON messages FOR EACH ROW WHEN (NEW.text <> '' OR NEW.html <> '') EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER municipalities_lasting BEFORE UPDATE OF id OR DELETE ON municipalities FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER municipalities_never_emptied BEFORE TRUNCATE ON municipalities FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER municipalities_scope BEFORE INSERT ON municipalities FOR EACH ROW EXECUTE FUNCTION make_scope()",
    "CREATE TRIGGER organisation_claims_ended BEFORE UPDATE ON organisation_claims FOR EACH ROW WHEN (OLD.state <> 'made') EXECUTE FUNCTION refuse_change()",
    'CREATE TRIGGER organisation_claims_immutable BEFORE UPDATE OF "id", "claimant_id", "organisation_id", "registration_number", "name", "position", "words", "proof_id", "created_at" OR DELETE ON organisation_claims FOR EACH ROW EXECUTE FUNCTION refuse_change()',
    "CREATE TRIGGER organisation_claims_impartial BEFORE INSERT OR UPDATE OF decided_by_id ON organisation_claims FOR EACH ROW EXECUTE FUNCTION refuse_if('EXISTS (SELECT FROM role_grants WHERE person_id = NEW.decided_by_id AND scope_id = NEW.organisation_id)')",
    "CREATE TRIGGER organisation_claims_never_emptied BEFORE TRUNCATE ON organisation_claims FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER organisation_claims_numbered BEFORE INSERT ON organisation_claims FOR EACH ROW EXECUTE FUNCTION refuse_if('NOT EXISTS (SELECT FROM organisations WHERE id = NEW.organisation_id AND registration_number = NEW.registration_number FOR KEY SHARE)')",
    "CREATE TRIGGER organisation_claims_owned BEFORE INSERT OR UPDATE OF state ON organisation_claims FOR EACH ROW EXECUTE FUNCTION refuse_if('NEW.state = ''approved'' AND NOT EXISTS (SELECT FROM role_grants WHERE person_id = NEW.claimant_id AND scope_id = NEW.organisation_id AND role = ''owner'' AND ended_at IS NULL)')",
    "CREATE TRIGGER organisations_claimed BEFORE UPDATE OF kind, registration_number ON organisations FOR EACH ROW EXECUTE FUNCTION refuse_if('(NEW.kind, NEW.registration_number) IS DISTINCT FROM (OLD.kind, OLD.registration_number) AND EXISTS (SELECT FROM organisation_claims WHERE organisation_id = NEW.id AND state = ''made'')')",
    "CREATE TRIGGER organisations_lasting BEFORE UPDATE OF id OR DELETE ON organisations FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER organisations_never_emptied BEFORE TRUNCATE ON organisations FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER organisations_scope BEFORE INSERT ON organisations FOR EACH ROW EXECUTE FUNCTION make_scope()",
    "CREATE TRIGGER persons_administered BEFORE UPDATE OF closed_at ON persons FOR EACH ROW EXECUTE FUNCTION persons_administered()",
    "CREATE TRIGGER register_entries_append_only BEFORE UPDATE OR DELETE ON register_entries FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER register_entries_never_emptied BEFORE TRUNCATE ON register_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    'CREATE TRIGGER registers_immutable BEFORE UPDATE OF "id", "competition_id", "ordinal", "closed_at", "root", "created_at" OR DELETE ON registers FOR EACH ROW EXECUTE FUNCTION refuse_change()',
    "CREATE TRIGGER registers_never_emptied BEFORE TRUNCATE ON registers FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER registers_voided BEFORE UPDATE ON registers FOR EACH ROW WHEN (OLD.voided_at IS NOT NULL) EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER role_grants_administered BEFORE UPDATE OF until, ended_at ON role_grants FOR EACH ROW EXECUTE FUNCTION role_grants_administered()",
    "CREATE TRIGGER role_grants_apart BEFORE INSERT OR UPDATE OF until ON role_grants FOR EACH ROW EXECUTE FUNCTION role_grants_apart()",
    "CREATE TRIGGER role_grants_audits BEFORE INSERT OR UPDATE OF until ON role_grants FOR EACH ROW EXECUTE FUNCTION role_grants_audits()",
    "CREATE TRIGGER role_grants_ended BEFORE UPDATE OF ended_at ON role_grants FOR EACH ROW WHEN (OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at) EXECUTE FUNCTION refuse_change()",
    'CREATE TRIGGER role_grants_immutable BEFORE UPDATE OF "id", "person_id", "role", "scope_id", "since", "order_number", "order_date", "created_at" OR DELETE ON role_grants FOR EACH ROW EXECUTE FUNCTION refuse_change()',
    "CREATE TRIGGER role_grants_never_emptied BEFORE TRUNCATE ON role_grants FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER role_grants_once BEFORE INSERT OR UPDATE OF until ON role_grants FOR EACH ROW EXECUTE FUNCTION role_grants_once()",
    "CREATE TRIGGER role_grants_one_chair BEFORE INSERT OR UPDATE OF until ON role_grants FOR EACH ROW EXECUTE FUNCTION role_grants_one_chair()",
    "CREATE TRIGGER role_grants_one_secretary BEFORE INSERT OR UPDATE OF until ON role_grants FOR EACH ROW EXECUTE FUNCTION role_grants_one_secretary()",
    "CREATE TRIGGER role_grants_scope BEFORE INSERT ON role_grants FOR EACH ROW EXECUTE FUNCTION role_grants_scope()",
    "CREATE TRIGGER roles_append_only BEFORE UPDATE OR DELETE ON roles FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER roles_migrated BEFORE INSERT ON roles FOR EACH ROW WHEN (current_setting('asns.migrating', true) IS DISTINCT FROM 'yes') EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER roles_never_emptied BEFORE TRUNCATE ON roles FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER scopes_append_only BEFORE UPDATE OR DELETE ON scopes FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER scopes_made BEFORE INSERT ON scopes FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER scopes_never_emptied BEFORE TRUNCATE ON scopes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER score_sheets_complete BEFORE UPDATE OF state ON score_sheets FOR EACH ROW EXECUTE FUNCTION refuse_if('NEW.state = ''submitted'' AND OLD.state = ''draft'' AND EXISTS (SELECT FROM applications JOIN criteria USING (competition_id) LEFT JOIN scores ON scores.criterion_id = criteria.id AND scores.sheet_id = NEW.id WHERE applications.id = NEW.application_id AND criteria.kind = ''quality'' AND (scores.points IS NULL OR scores.points > criteria.maximum OR mod(scores.points, criteria.step) <> 0))')",
    "CREATE TRIGGER score_sheets_discussed BEFORE UPDATE OF state ON score_sheets FOR EACH ROW EXECUTE FUNCTION refuse_if('NEW.state = ''replaced'' AND OLD.state <> NEW.state AND NEW.reopened_by_id = NEW.person_id AND EXISTS (SELECT FROM applications JOIN competitions ON competitions.id = competition_id WHERE applications.id = NEW.application_id AND discussion_opened_at IS NOT NULL)')",
    "CREATE TRIGGER score_sheets_kept BEFORE DELETE ON score_sheets FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER score_sheets_locked BEFORE UPDATE ON score_sheets FOR EACH ROW WHEN (OLD.state = 'replaced' OR (OLD.state = 'submitted' AND (NEW.state <> 'replaced' OR (NEW.overall, NEW.person_id, NEW.application_id, NEW.submitted_at) IS DISTINCT FROM (OLD.overall, OLD.person_id, OLD.application_id, OLD.submitted_at)))) EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER scores_locked BEFORE UPDATE OR DELETE ON scores FOR EACH ROW EXECUTE FUNCTION scores_locked()",
    "CREATE TRIGGER sealed_replies_append_only BEFORE UPDATE OR DELETE ON sealed_replies FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER sealed_replies_never_emptied BEFORE TRUNCATE ON sealed_replies FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    'CREATE TRIGGER stored_files_immutable BEFORE UPDATE OF "id", "object_key", "name", "size", "sha256", "media_type", "remark", "purpose", "uploaded_by_id", "created_at" OR DELETE ON stored_files FOR EACH ROW EXECUTE FUNCTION refuse_change()',
    "CREATE TRIGGER stored_files_never_emptied BEFORE TRUNCATE ON stored_files FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    'CREATE TRIGGER submissions_immutable BEFORE UPDATE OF "id", "application_id", "revision", "submitted_at", "submitted_by_id", "partner_id", "terms_version", "content", "seal", "sort_name", "created_at" OR DELETE ON submissions FOR EACH ROW EXECUTE FUNCTION refuse_change()',
    "CREATE TRIGGER submissions_in_time BEFORE INSERT ON submissions FOR EACH ROW EXECUTE FUNCTION refuse_if('EXISTS (SELECT FROM applications JOIN competitions ON competitions.id = applications.competition_id WHERE applications.id = NEW.application_id AND NEW.content ->> ''channel'' = ''portal'' AND NEW.submitted_at > competitions.deadline)')",
    "CREATE TRIGGER submissions_never_emptied BEFORE TRUNCATE ON submissions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER submissions_superseded BEFORE UPDATE ON submissions FOR EACH ROW WHEN (OLD.superseded_at IS NOT NULL) EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER terms_versions_append_only BEFORE UPDATE OR DELETE ON terms_versions FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER terms_versions_never_emptied BEFORE TRUNCATE ON terms_versions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    'CREATE TRIGGER votes_immutable BEFORE UPDATE OF "id", "meeting_id", "number", "kind", "question", "order", "carried", "electorate", "approved", "digest", "created_at" OR DELETE ON votes FOR EACH ROW EXECUTE FUNCTION refuse_change()',
    "CREATE TRIGGER votes_minuted BEFORE INSERT OR UPDATE OR DELETE ON votes FOR EACH ROW EXECUTE FUNCTION refuse_if('EXISTS (SELECT FROM meetings WHERE id IN (OLD.meeting_id, NEW.meeting_id) AND closed_at IS NOT NULL)')",
    "CREATE TRIGGER votes_never_emptied BEFORE TRUNCATE ON votes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER votes_withdrawn BEFORE UPDATE ON votes FOR EACH ROW WHEN (OLD.withdrawn_at IS NOT NULL) EXECUTE FUNCTION refuse_change()",
)
# Which role is held in which kind of scope.
ROLES = (
    (None, ("administrator",)),
    ("municipalities", ("officer", "head", "deputy", "auditor")),
    ("organisations", ("owner", "editor", "reader")),
    ("competitions", ("member", "chair", "secretary")),
)


def upgrade() -> None:
    # ### commands auto generated by Alembic - please adjust! ###
    op.create_table(
        "forms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forms")),
    )
    op.create_table(
        "journal_seals",
        sa.Column("last", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("last", name=op.f("pk_journal_seals")),
    )
    op.create_table(
        "persons",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), server_default="lv", nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("persona", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort_name", sa.Text(collation="C"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("language IN ('lv', 'en')", name=op.f("ck_persons_language")),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_persons_email_lower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
        sa.UniqueConstraint("email", name=op.f("uq_persons_email")),
        sa.UniqueConstraint("persona", name=op.f("uq_persons_persona")),
    )
    roles = op.create_table(
        "roles",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("scope_kind", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_roles")),
    )
    op.bulk_insert(
        roles, [{"code": code, "scope_kind": kind} for kind, codes in ROLES for code in codes]
    )
    op.create_table(
        "scopes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["scopes.id"], name=op.f("fk_scopes_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scopes")),
        sa.UniqueConstraint("id", "parent_id", name=op.f("uq_scopes_id_parent_id")),
    )
    op.create_index(op.f("ix_scopes_parent_id"), "scopes", ["parent_id"], unique=False)
    op.create_table(
        "throttles",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttles")),
    )
    op.create_table(
        "answer_sets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("opened", postgresql.JSONB(), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("codec", sa.Text(), server_default="plain", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["form_id"], ["forms.id"], name=op.f("fk_answer_sets_form_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_sets")),
    )
    op.create_index(op.f("ix_answer_sets_form_id"), "answer_sets", ["form_id"], unique=False)
    op.create_table(
        "form_sections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("hint", postgresql.JSONB(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("key ~ '^[a-z][a-z0-9_]*$'", name=op.f("ck_form_sections_key")),
        sa.ForeignKeyConstraint(["form_id"], ["forms.id"], name=op.f("fk_form_sections_form_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_sections")),
        sa.UniqueConstraint("form_id", "key", name=op.f("uq_form_sections_form_id_key")),
        sa.UniqueConstraint("id", "form_id", name=op.f("uq_form_sections_id_form_id")),
    )
    op.create_table(
        "journal_entries",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("scope_id", sa.Uuid(), nullable=True),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column("changes", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["persons.id"], name=op.f("fk_journal_entries_actor_id")
        ),
        sa.ForeignKeyConstraint(
            ["scope_id"], ["scopes.id"], name=op.f("fk_journal_entries_scope_id")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_journal_entries")),
    )
    op.create_index("ix_journal_entries_at", "journal_entries", ["at"], unique=False)
    op.create_index(
        "ix_journal_entries_roles",
        "journal_entries",
        ["number"],
        unique=False,
        postgresql_where=sa.text(
            "jsonb_path_exists(changes, '$.keyvalue() ? (@.key starts with \"role_grants:\")')"
        ),
    )
    op.create_index(
        "ix_journal_entries_scope", "journal_entries", ["scope_id", "number"], unique=False
    )
    op.create_index(
        "ix_journal_entries_subject",
        "journal_entries",
        ["subject_type", "subject_id"],
        unique=False,
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "sent",
                "failed",
                name="messagestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), server_default="", nullable=False),
        sa.Column("about_type", sa.Text(), nullable=True),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_messages_sent_when_sent")
        ),
        sa.CheckConstraint("language IN ('lv', 'en')", name=op.f("ck_messages_language")),
        sa.CheckConstraint(
            "recipient ~ '^[^[:space:]@]+@[^[:space:]@]+$'", name=op.f("ck_messages_recipient")
        ),
        sa.CheckConstraint("subject !~ '[[:cntrl:]]'", name=op.f("ck_messages_subject_one_line")),
        sa.CheckConstraint(
            "taken_at IS NULL OR state = 'queued'", name=op.f("ck_messages_taken_while_queued")
        ),
        sa.CheckConstraint(
            "(about_type IS NULL) = (about_id IS NULL)", name=op.f("ck_messages_about")
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_messages_attempts")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_messages_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("key", name=op.f("uq_messages_key")),
    )
    op.create_index("ix_messages_about", "messages", ["about_type", "about_id"], unique=False)
    op.create_index(op.f("ix_messages_person_id"), "messages", ["person_id"], unique=False)
    op.create_index("ix_messages_recipient", "messages", ["recipient"], unique=False)
    op.create_table(
        "municipalities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", postgresql.JSONB(), nullable=False),
        sa.Column("organiser", postgresql.JSONB(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("code ~ '^[A-Z]{3}$'", name=op.f("ck_municipalities_code")),
        sa.ForeignKeyConstraint(["id"], ["scopes.id"], name=op.f("fk_municipalities_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_municipalities")),
        sa.UniqueConstraint("code", name=op.f("uq_municipalities_code")),
    )
    op.create_table(
        "organisations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("registration_number", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("iban", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort_name", sa.Text(collation="C"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'youth_group') = (registration_number IS NULL)",
            name=op.f("ck_organisations_registered_unless_group"),
        ),
        sa.CheckConstraint(
            "phone ~ '^(\\+[1-9][0-9]{6,14})?$'", name=op.f("ck_organisations_phone")
        ),
        sa.CheckConstraint(
            "registration_number ~ '^[0-9]{11}$'", name=op.f("ck_organisations_registration_number")
        ),
        sa.ForeignKeyConstraint(["id"], ["scopes.id"], name=op.f("fk_organisations_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint(
            "registration_number", name=op.f("uq_organisations_registration_number")
        ),
    )
    op.create_table(
        "role_grants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("order_number", sa.Text(), server_default="", nullable=False),
        sa.Column("order_date", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_role_grants_dates")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_role_grants_person_id")
        ),
        sa.ForeignKeyConstraint(["role"], ["roles.code"], name=op.f("fk_role_grants_role")),
        sa.ForeignKeyConstraint(["scope_id"], ["scopes.id"], name=op.f("fk_role_grants_scope_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grants")),
    )
    op.create_index(op.f("ix_role_grants_person_id"), "role_grants", ["person_id"], unique=False)
    op.create_index(op.f("ix_role_grants_scope_id"), "role_grants", ["scope_id"], unique=False)
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), server_default="", nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_sign_ins_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ins")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_sign_ins_token_digest")),
    )
    op.create_index(op.f("ix_sign_ins_person_id"), "sign_ins", ["person_id"], unique=False)
    op.create_table(
        "stored_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("object_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column(
            "scan_state",
            sa.Enum(
                "unscanned",
                "clean",
                "infected",
                name="scanstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default="unscanned",
            nullable=False,
        ),
        sa.Column(
            "remark",
            sa.Enum("cut_off", name="remark", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("uploaded_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_stored_files_sha256")),
        sa.CheckConstraint(
            "char_length(name) BETWEEN 1 AND 255", name=op.f("ck_stored_files_name")
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_stored_files_not_empty")),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["persons.id"], name=op.f("fk_stored_files_uploaded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_files")),
        sa.UniqueConstraint("object_key", name=op.f("uq_stored_files_object_key")),
    )
    op.create_index(
        op.f("ix_stored_files_uploaded_by_id"), "stored_files", ["uploaded_by_id"], unique=False
    )
    op.create_table(
        "answer_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("set_id", sa.Uuid(), nullable=False),
        sa.Column("question_key", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("names_minors", sa.Boolean(), nullable=False),
        sa.Column("added_by_id", sa.Uuid(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["persons.id"], name=op.f("fk_answer_files_added_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_files.id"], name=op.f("fk_answer_files_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["set_id"], ["answer_sets.id"], name=op.f("fk_answer_files_set_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_files")),
    )
    op.create_index(op.f("ix_answer_files_set_id"), "answer_files", ["set_id"], unique=False)
    op.create_table(
        "answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("set_id", sa.Uuid(), nullable=False),
        sa.Column("question_key", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.Uuid(), nullable=False),
        sa.Column("saved_from", sa.Text(), server_default="", nullable=False),
        sa.Column("saved_turn", sa.Integer(), server_default="0", nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["saved_by_id"], ["persons.id"], name=op.f("fk_answers_saved_by_id")
        ),
        sa.ForeignKeyConstraint(["set_id"], ["answer_sets.id"], name=op.f("fk_answers_set_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
        sa.UniqueConstraint("set_id", "question_key", name=op.f("uq_answers_set_id_question_key")),
    )
    op.create_table(
        "competitions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "announced",
                "decided",
                "published",
                "completed",
                "cancelled",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("lead", postgresql.JSONB(), nullable=False),
        sa.Column("programme", postgresql.JSONB(), nullable=False),
        sa.Column("legal_basis", postgresql.JSONB(), nullable=False),
        sa.Column("aims", postgresql.JSONB(), nullable=False),
        sa.Column("target_groups", postgresql.JSONB(), nullable=False),
        sa.Column("eligible_kinds", postgresql.JSONB(), nullable=False),
        sa.Column("contact", postgresql.JSONB(), nullable=False),
        sa.Column("contact_email", sa.Text(), nullable=False),
        sa.Column("appeal", postgresql.JSONB(), nullable=False),
        sa.Column("fixed_sum", sa.Integer(), nullable=False),
        sa.Column("grants", sa.Integer(), nullable=True),
        sa.Column("budget", sa.Integer(), nullable=True),
        sa.Column("instalments", postgresql.JSONB(), nullable=False),
        sa.Column("intensity_percent", sa.Integer(), server_default="100", nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("results_by", sa.Date(), nullable=False),
        sa.Column("start_from", sa.Date(), nullable=False),
        sa.Column("start_to", sa.Date(), nullable=False),
        sa.Column("months_min", sa.Integer(), nullable=False),
        sa.Column("months_max", sa.Integer(), nullable=False),
        sa.Column("applications_per_organisation", sa.Integer(), nullable=True),
        sa.Column("participants_min", sa.Integer(), nullable=False),
        sa.Column("at_risk_min", sa.Integer(), nullable=False),
        sa.Column("total_minimum", sa.Numeric(), nullable=False),
        sa.Column("spread_flag", sa.Numeric(), nullable=False),
        sa.Column("reserve_public", sa.Boolean(), nullable=False),
        sa.Column("terms_version", sa.Integer(), nullable=False),
        sa.Column("announced_municipality", postgresql.JSONB(), nullable=True),
        sa.Column("announced_organiser", postgresql.JSONB(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", postgresql.JSONB(), nullable=True),
        sa.Column("register_closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("discussion_opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("discussion_missing", sa.Integer(), server_default="0", nullable=False),
        sa.Column("discussion_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancelled_at IS NOT NULL) AND (state = 'cancelled') = (cancel_reason IS NOT NULL)",
            name=op.f("ck_competitions_cancelled_at"),
        ),
        sa.CheckConstraint(
            "CASE WHEN discussion_missing > 0 THEN discussion_opened_at IS NOT NULL AND discussion_reason <> '' ELSE discussion_missing = 0 AND discussion_reason = '' END",
            name=op.f("ck_competitions_discussion_reason"),
        ),
        sa.CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name=op.f("ck_competitions_slug")),
        sa.CheckConstraint(
            "state IN ('draft', 'cancelled') OR announced_at IS NOT NULL",
            name=op.f("ck_competitions_announced_at"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('decided', 'published', 'completed') OR decided_at IS NOT NULL",
            name=op.f("ck_competitions_decided_at"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('published', 'completed') OR published_at IS NOT NULL",
            name=op.f("ck_competitions_published_at"),
        ),
        sa.CheckConstraint(
            "0 < months_min AND months_min <= months_max", name=op.f("ck_competitions_months")
        ),
        sa.CheckConstraint("budget IS NULL OR budget >= 0", name=op.f("ck_competitions_budget")),
        sa.CheckConstraint("fixed_sum > 0", name=op.f("ck_competitions_fixed_sum")),
        sa.CheckConstraint("grants IS NULL OR grants >= 0", name=op.f("ck_competitions_grants")),
        sa.CheckConstraint(
            "intensity_percent BETWEEN 1 AND 100", name=op.f("ck_competitions_intensity_percent")
        ),
        sa.CheckConstraint(
            "least(participants_min, at_risk_min, total_minimum, spread_flag) >= 0 AND applications_per_organisation > 0",
            name=op.f("ck_competitions_limits"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(announced_municipality, announced_organiser) = CASE WHEN announced_at IS NULL THEN 0 ELSE 2 END",
            name=op.f("ck_competitions_announced_by"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(grants, budget) = 1", name=op.f("ck_competitions_grants_or_budget")
        ),
        sa.CheckConstraint(
            "opens_at < deadline", name=op.f("ck_competitions_opens_before_deadline")
        ),
        sa.CheckConstraint("start_from <= start_to", name=op.f("ck_competitions_start_window")),
        sa.ForeignKeyConstraint(
            ["id", "municipality_id"],
            ["scopes.id", "scopes.parent_id"],
            name=op.f("fk_competitions_id_municipality_id"),
        ),
        sa.ForeignKeyConstraint(["id"], ["scopes.id"], name=op.f("fk_competitions_id")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipalities.id"], name=op.f("fk_competitions_municipality_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competitions")),
        sa.UniqueConstraint("code", name=op.f("uq_competitions_code")),
        sa.UniqueConstraint(
            "municipality_id",
            "year",
            "ordinal",
            name=op.f("uq_competitions_municipality_id_year_ordinal"),
        ),
        sa.UniqueConstraint("slug", name=op.f("uq_competitions_slug")),
    )
    op.create_index(
        op.f("ix_competitions_municipality_id"), "competitions", ["municipality_id"], unique=False
    )
    op.create_index("ix_competitions_state", "competitions", ["state"], unique=False)
    op.create_table(
        "form_questions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("label", postgresql.JSONB(), nullable=False),
        sa.Column("hint", postgresql.JSONB(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("settings", postgresql.JSONB(), nullable=False),
        sa.Column("measures", sa.Text(), nullable=True),
        sa.Column("level", sa.Integer(), server_default="1", nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("key ~ '^[a-z][a-z0-9_]*$'", name=op.f("ck_form_questions_key")),
        sa.CheckConstraint(
            "kind IN ('short_text', 'long_text', 'number', 'money', 'date', 'choice', 'choices', 'table', 'statement', 'file', 'picture')",
            name=op.f("ck_form_questions_kind"),
        ),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name=op.f("ck_form_questions_level")),
        sa.ForeignKeyConstraint(["form_id"], ["forms.id"], name=op.f("fk_form_questions_form_id")),
        sa.ForeignKeyConstraint(
            ["section_id", "form_id"],
            ["form_sections.id", "form_sections.form_id"],
            name="fk_form_questions_section_of_form",
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["form_sections.id"], name=op.f("fk_form_questions_section_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_questions")),
        sa.UniqueConstraint("form_id", "key", name=op.f("uq_form_questions_form_id_key")),
    )
    op.create_index(
        op.f("ix_form_questions_section_id"), "form_questions", ["section_id"], unique=False
    )
    op.create_index(
        "uq_form_questions_measures",
        "form_questions",
        ["form_id", "measures"],
        unique=True,
        postgresql_where=sa.text("measures IS NOT NULL"),
    )
    op.create_table(
        "organisation_claims",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("claimant_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("registration_number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("proof_id", sa.Uuid(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "made",
                "approved",
                "refused",
                "withdrawn",
                name="claimstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(decided_by_id IS NULL) = (reason = '')", name=op.f("ck_organisation_claims_reason")
        ),
        sa.CheckConstraint(
            "(state = 'made') = (ended_at IS NULL)", name=op.f("ck_organisation_claims_ended_at")
        ),
        sa.CheckConstraint(
            "(state IN ('approved', 'refused')) = (decided_by_id IS NOT NULL)",
            name=op.f("ck_organisation_claims_decided_by"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(answered_at, answered_by_id, nullif(answer, '')) IN (0, 3)",
            name=op.f("ck_organisation_claims_answer"),
        ),
        sa.CheckConstraint("decided_by_id <> claimant_id", name=op.f("ck_organisation_claims_own")),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["persons.id"], name=op.f("fk_organisation_claims_answered_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["claimant_id"], ["persons.id"], name=op.f("fk_organisation_claims_claimant_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["persons.id"], name=op.f("fk_organisation_claims_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_organisation_claims_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["proof_id"], ["stored_files.id"], name=op.f("fk_organisation_claims_proof_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_claims")),
    )
    op.create_index(
        op.f("ix_organisation_claims_claimant_id"),
        "organisation_claims",
        ["claimant_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_organisation_claims_organisation_id"),
        "organisation_claims",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_organisation_claims_registration_number"),
        "organisation_claims",
        ["registration_number"],
        unique=False,
    )
    op.create_index(
        "uq_organisation_claims_open",
        "organisation_claims",
        ["claimant_id", "organisation_id"],
        unique=True,
        postgresql_where=sa.text("state = 'made'"),
    )
    op.create_table(
        "tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "confirm",
                "email",
                "reset",
                "invite",
                name="purpose",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column(
            "role",
            sa.Enum(
                "administrator",
                "officer",
                "head",
                "deputy",
                "auditor",
                "owner",
                "editor",
                "reader",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("invited_by_id", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "CASE WHEN purpose = 'invite' THEN num_nonnulls(organisation_id, role, invited_by_id) = 3 ELSE person_id IS NOT NULL END",
            name=op.f("ck_tokens_target"),
        ),
        sa.ForeignKeyConstraint(
            ["invited_by_id"], ["persons.id"], name=op.f("fk_tokens_invited_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_tokens_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_tokens_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_tokens_digest")),
    )
    op.create_index(op.f("ix_tokens_email"), "tokens", ["email"], unique=False)
    op.create_index(op.f("ix_tokens_organisation_id"), "tokens", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_tokens_person_id"), "tokens", ["person_id"], unique=False)
    op.create_table(
        "amendments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("order_number", sa.Text(), nullable=False),
        sa.Column("order_date", sa.Date(), nullable=False),
        sa.Column("reason", postgresql.JSONB(), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changes", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["competition_id"], ["competitions.id"], name=op.f("fk_amendments_competition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amendments")),
        sa.UniqueConstraint(
            "competition_id", "number", name=op.f("uq_amendments_competition_id_number")
        ),
    )
    op.create_table(
        "applications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("answer_set_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "withdrawn",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("draft_title", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=True),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "portal",
                "in_person",
                "post",
                "email",
                "e_document",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("postmark", sa.Date(), nullable=True),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("registered_by_id", sa.Uuid(), nullable=True),
        sa.Column("started_by_id", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(channel = 'portal') = (registered_by_id IS NULL)",
            name=op.f("ck_applications_registered_by"),
        ),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL)",
            name=op.f("ck_applications_withdrawn_at"),
        ),
        sa.CheckConstraint(
            "channel = 'portal' OR received_at IS NOT NULL",
            name=op.f("ck_applications_received_at"),
        ),
        sa.CheckConstraint(
            "deleted_at IS NULL OR state = 'draft'", name=op.f("ck_applications_deleted_at")
        ),
        sa.CheckConstraint("language IN ('lv', 'en')", name=op.f("ck_applications_language")),
        sa.CheckConstraint(
            "state = 'draft' OR number IS NOT NULL", name=op.f("ck_applications_numbered")
        ),
        sa.CheckConstraint(
            "(ordinal IS NULL) = (number IS NULL)", name=op.f("ck_applications_ordinal")
        ),
        sa.CheckConstraint("partner_id <> organisation_id", name=op.f("ck_applications_partner")),
        sa.ForeignKeyConstraint(
            ["answer_set_id"], ["answer_sets.id"], name=op.f("fk_applications_answer_set_id")
        ),
        sa.ForeignKeyConstraint(
            ["competition_id"], ["competitions.id"], name=op.f("fk_applications_competition_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_applications_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["organisations.id"], name=op.f("fk_applications_partner_id")
        ),
        sa.ForeignKeyConstraint(
            ["registered_by_id"], ["persons.id"], name=op.f("fk_applications_registered_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["started_by_id"], ["persons.id"], name=op.f("fk_applications_started_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
        sa.UniqueConstraint("answer_set_id", name=op.f("uq_applications_answer_set_id")),
        sa.UniqueConstraint(
            "competition_id", "ordinal", name=op.f("uq_applications_competition_id_ordinal")
        ),
        sa.UniqueConstraint("number", name=op.f("uq_applications_number")),
    )
    op.create_index(
        "ix_applications_competition_state",
        "applications",
        ["competition_id", "state"],
        unique=False,
    )
    op.create_index(
        op.f("ix_applications_organisation_id"), "applications", ["organisation_id"], unique=False
    )
    op.create_table(
        "call_documents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("returned", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["competition_id"], ["competitions.id"], name=op.f("fk_call_documents_competition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_documents")),
    )
    op.create_index(
        op.f("ix_call_documents_competition_id"), "call_documents", ["competition_id"], unique=False
    )
    op.create_table(
        "call_forms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "application", name="purpose", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["competition_id"], ["competitions.id"], name=op.f("fk_call_forms_competition_id")
        ),
        sa.ForeignKeyConstraint(["form_id"], ["forms.id"], name=op.f("fk_call_forms_form_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_forms")),
        sa.UniqueConstraint(
            "competition_id", "purpose", name=op.f("uq_call_forms_competition_id_purpose")
        ),
        sa.UniqueConstraint("form_id", name=op.f("uq_call_forms_form_id")),
    )
    op.create_table(
        "committee_workplaces",
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["competition_id"],
            ["competitions.id"],
            name=op.f("fk_committee_workplaces_competition_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_committee_workplaces_person_id")
        ),
        sa.PrimaryKeyConstraint(
            "competition_id", "person_id", name=op.f("pk_committee_workplaces")
        ),
    )
    op.create_table(
        "criteria",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "eligibility",
                "quality",
                name="criterionkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("guidance", postgresql.JSONB(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("maximum", sa.Numeric(), nullable=True),
        sa.Column("step", sa.Numeric(), nullable=True),
        sa.Column("weight", sa.Numeric(), nullable=False),
        sa.Column("minimum", sa.Numeric(), nullable=True),
        sa.Column("levels", postgresql.JSONB(), nullable=False),
        sa.Column("comment_below", sa.Numeric(), nullable=True),
        sa.Column("tie_break", sa.Integer(), nullable=True),
        sa.Column("section_key", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind = 'eligibility' OR (num_nulls(maximum, step) = 0 AND maximum > 0 AND step IN (0.5, 1) AND weight > 0)",
            name=op.f("ck_criteria_quality_scale"),
        ),
        sa.CheckConstraint(
            "minimum IS NULL OR minimum <= maximum", name=op.f("ck_criteria_minimum")
        ),
        sa.ForeignKeyConstraint(
            ["competition_id"], ["competitions.id"], name=op.f("fk_criteria_competition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criteria")),
        sa.UniqueConstraint("competition_id", "key", name=op.f("uq_criteria_competition_id_key")),
    )
    op.create_index(
        "uq_criteria_tie_break",
        "criteria",
        ["competition_id", "tie_break"],
        unique=True,
        postgresql_where=sa.text("tie_break IS NOT NULL"),
    )
    op.create_table(
        "evaluation_rounds",
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.Column("sheets_per_application", sa.Integer(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "sheets_per_application > 0", name=op.f("ck_evaluation_rounds_sheets_per_application")
        ),
        sa.ForeignKeyConstraint(
            ["competition_id"],
            ["competitions.id"],
            name=op.f("fk_evaluation_rounds_competition_id"),
        ),
        sa.PrimaryKeyConstraint("competition_id", name=op.f("pk_evaluation_rounds")),
    )
    op.create_table(
        "inquiries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=True),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_inquiries_answered")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["persons.id"], name=op.f("fk_inquiries_answered_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["persons.id"], name=op.f("fk_inquiries_asked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["competition_id"], ["competitions.id"], name=op.f("fk_inquiries_competition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiries")),
    )
    op.create_index(
        op.f("ix_inquiries_competition_id"), "inquiries", ["competition_id"], unique=False
    )
    op.create_table(
        "meetings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("keeper_id", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Uuid(), nullable=True),
        sa.Column("record", postgresql.JSONB(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(closed_at, closed_by_id, record) IN (0, 3)",
            name=op.f("ck_meetings_closed"),
        ),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["persons.id"], name=op.f("fk_meetings_closed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["competition_id"], ["competitions.id"], name=op.f("fk_meetings_competition_id")
        ),
        sa.ForeignKeyConstraint(["keeper_id"], ["persons.id"], name=op.f("fk_meetings_keeper_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings")),
        sa.UniqueConstraint(
            "competition_id", "number", name=op.f("uq_meetings_competition_id_number")
        ),
    )
    op.create_index(
        "uq_meetings_open",
        "meetings",
        ["competition_id"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "registers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["competition_id"], ["competitions.id"], name=op.f("fk_registers_competition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registers")),
    )
    op.create_index(
        op.f("ix_registers_competition_id"), "registers", ["competition_id"], unique=False
    )
    op.create_index(
        "uq_registers_current",
        "registers",
        ["competition_id", "ordinal"],
        unique=True,
        postgresql_where=sa.text("voided_at IS NULL"),
    )
    op.create_table(
        "terms_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["competition_id"], ["competitions.id"], name=op.f("fk_terms_versions_competition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms_versions")),
        sa.UniqueConstraint(
            "competition_id", "number", name=op.f("uq_terms_versions_competition_id_number")
        ),
    )
    op.create_table(
        "assignments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_assignments_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_assignments_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
        sa.UniqueConstraint(
            "person_id", "application_id", name=op.f("uq_assignments_person_id_application_id")
        ),
    )
    op.create_index(
        op.f("ix_assignments_application_id"), "assignments", ["application_id"], unique=False
    )
    op.create_table(
        "attendances",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("left_at >= arrived_at", name=op.f("ck_attendances_times")),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_attendances_meeting_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_attendances_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendances")),
    )
    op.create_index(
        "uq_attendances_there",
        "attendances",
        ["meeting_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.create_table(
        "call_document_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("note", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["call_documents.id"],
            name=op.f("fk_call_document_versions_document_id"),
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_files.id"], name=op.f("fk_call_document_versions_file_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_document_versions")),
        sa.UniqueConstraint(
            "document_id", "number", name=op.f("uq_call_document_versions_document_id_number")
        ),
    )
    op.create_table(
        "declarations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "none",
                "family",
                "employment",
                "membership",
                "financial",
                "other",
                name="conflictkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_declarations_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_declarations_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declarations")),
        sa.UniqueConstraint(
            "person_id", "application_id", name=op.f("uq_declarations_person_id_application_id")
        ),
    )
    op.create_index(
        op.f("ix_declarations_application_id"), "declarations", ["application_id"], unique=False
    )
    op.create_table(
        "eligibility_checks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "clarifying",
                "eligible",
                "rejection_proposed",
                "ineligible",
                name="checkstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by_id", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state <> 'ineligible' OR (num_nonnulls(proposed_by_id, confirmed_by_id) = 2 AND confirmed_by_id <> proposed_by_id)",
            name=op.f("ck_eligibility_checks_second_person"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'clarifying') OR num_nonnulls(proposed_by_id, proposed_at) = 2",
            name=op.f("ck_eligibility_checks_proposed"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_eligibility_checks_application_id"),
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["persons.id"], name=op.f("fk_eligibility_checks_confirmed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["persons.id"], name=op.f("fk_eligibility_checks_proposed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_eligibility_checks")),
        sa.UniqueConstraint("application_id", name=op.f("uq_eligibility_checks_application_id")),
    )
    op.create_table(
        "letters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("messages", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=True),
        sa.Column("posted_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("language IN ('lv', 'en')", name=op.f("ck_letters_language")),
        sa.CheckConstraint(
            "posted_on >= (created_at AT TIME ZONE 'Europe/Riga')::date",
            name=op.f("ck_letters_posted_on"),
        ),
        sa.CheckConstraint(
            "(posted_on IS NULL) = (posted_by_id IS NULL)", name=op.f("ck_letters_posted_by")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_letters_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["posted_by_id"], ["persons.id"], name=op.f("fk_letters_posted_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
        sa.UniqueConstraint(
            "matter", "application_id", name=op.f("uq_letters_matter_application_id")
        ),
    )
    op.create_index(op.f("ix_letters_application_id"), "letters", ["application_id"], unique=False)
    op.create_table(
        "meeting_notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_meeting_notes_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_meeting_notes_meeting_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_notes")),
        sa.UniqueConstraint(
            "meeting_id", "application_id", name=op.f("uq_meeting_notes_meeting_id_application_id")
        ),
    )
    op.create_table(
        "score_sheets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "replaced",
                name="sheetstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("overall", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened_by_id", sa.Uuid(), nullable=True),
        sa.Column("reopen_reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'draft') = (submitted_at IS NULL)", name=op.f("ck_score_sheets_submitted_at")
        ),
        sa.CheckConstraint(
            "(state = 'replaced') = (replaced_at IS NOT NULL)",
            name=op.f("ck_score_sheets_replaced_at"),
        ),
        sa.CheckConstraint(
            "replaced_at IS NULL OR reopen_reason <> '' OR reopened_by_id IS NOT DISTINCT FROM person_id",
            name=op.f("ck_score_sheets_reopen_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_score_sheets_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_score_sheets_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["reopened_by_id"], ["persons.id"], name=op.f("fk_score_sheets_reopened_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_sheets")),
    )
    op.create_index(
        op.f("ix_score_sheets_application_id"), "score_sheets", ["application_id"], unique=False
    )
    op.create_index(
        "uq_score_sheets_current",
        "score_sheets",
        ["person_id", "application_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'replaced'"),
    )
    op.create_table(
        "submissions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("terms_version", sa.Integer(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "title", sa.Text(), sa.Computed("content ->> 'title'", persisted=True), nullable=False
        ),
        sa.Column(
            "submitted_by",
            sa.Text(),
            sa.Computed("content ->> 'submitted_by'", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "applicant",
            sa.Text(),
            sa.Computed("content #>> '{applicant,name}'", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "registration_number",
            sa.Text(),
            sa.Computed("content #>> '{applicant,registration_number}'", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "partner",
            sa.Text(),
            sa.Computed("content #>> '{partner,name}'", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "channel",
            sa.Text(),
            sa.Computed("content ->> 'channel'", persisted=True),
            nullable=False,
        ),
        sa.Column("sort_name", sa.Text(collation="C"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("seal ~ '^[0-9a-f]{64}$'", name=op.f("ck_submissions_seal")),
        sa.CheckConstraint(
            "submitted_at = date_trunc('second', submitted_at)",
            name=op.f("ck_submissions_whole_second"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_submissions_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["organisations.id"], name=op.f("fk_submissions_partner_id")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["persons.id"], name=op.f("fk_submissions_submitted_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submissions")),
        sa.UniqueConstraint(
            "application_id", "revision", name=op.f("uq_submissions_application_id_revision")
        ),
        sa.UniqueConstraint("seal", name=op.f("uq_submissions_seal")),
    )
    op.create_index(
        "uq_submissions_current",
        "submissions",
        ["application_id"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "suspected_conflicts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("grounds", postgresql.JSONB(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("resolved_by_id", sa.Uuid(), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(confirmed, resolved_by_id, resolved_at) IN (0, 3) OR confirmed AND resolved_by_id IS NULL AND resolved_at IS NOT NULL AND grounds ? 'same_organisation'",
            name=op.f("ck_suspected_conflicts_resolved"),
        ),
        sa.CheckConstraint(
            "resolved_by_id IS NULL OR reason <> ''", name=op.f("ck_suspected_conflicts_reason")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_suspected_conflicts_application_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_suspected_conflicts_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["resolved_by_id"], ["persons.id"], name=op.f("fk_suspected_conflicts_resolved_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspected_conflicts")),
        sa.UniqueConstraint(
            "person_id",
            "application_id",
            name=op.f("uq_suspected_conflicts_person_id_application_id"),
        ),
    )
    op.create_index(
        op.f("ix_suspected_conflicts_application_id"),
        "suspected_conflicts",
        ["application_id"],
        unique=False,
    )
    op.create_table(
        "votes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "tie",
                "ranking",
                name="votekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("order", postgresql.JSONB(), nullable=False),
        sa.Column("carried", sa.Boolean(), nullable=False),
        sa.Column("electorate", postgresql.JSONB(), nullable=False),
        sa.Column("approved", postgresql.JSONB(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("digest ~ '^[0-9a-f]{64}$'", name=op.f("ck_votes_digest")),
        sa.CheckConstraint(
            "num_nonnulls(approved, digest) = CASE WHEN kind = 'ranking' AND carried THEN 2 ELSE 0 END",
            name=op.f("ck_votes_approved"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(withdrawn_at, withdrawn_by_id) = 0 AND withdrawn_reason = '' OR num_nonnulls(withdrawn_at, withdrawn_by_id) = 2 AND withdrawn_reason <> ''",
            name=op.f("ck_votes_withdrawn"),
        ),
        sa.CheckConstraint(
            "kind <> 'tie' OR NOT carried OR jsonb_array_length(\"order\") > 1",
            name=op.f("ck_votes_order"),
        ),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_votes_meeting_id")),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["persons.id"], name=op.f("fk_votes_withdrawn_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_votes")),
        sa.UniqueConstraint("meeting_id", "number", name=op.f("uq_votes_meeting_id_number")),
    )
    op.create_table(
        "ballots",
        sa.Column("vote_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "choice",
            sa.Enum(
                "for",
                "against",
                "abstain",
                name="ballotchoice",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("application_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_ballots_application_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_ballots_person_id")),
        sa.ForeignKeyConstraint(["vote_id"], ["votes.id"], name=op.f("fk_ballots_vote_id")),
        sa.PrimaryKeyConstraint("vote_id", "person_id", name=op.f("pk_ballots")),
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("competition_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("vote_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "drafted",
                "signed",
                "published",
                "declined",
                "replaced",
                "taken_back",
                name="decisionstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("applicant", sa.Text(), nullable=False),
        sa.Column("registration_number", sa.Text(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "approve",
                "conditions",
                "reserve",
                "reject",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("total", sa.Numeric(), nullable=True),
        sa.Column("by_criteria", postgresql.JSONB(), nullable=False),
        sa.Column("by_vote", sa.Boolean(), nullable=False),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("signed_by_id", sa.Uuid(), nullable=True),
        sa.Column("signatory", sa.Text(), nullable=True),
        sa.Column("organiser", postgresql.JSONB(), nullable=True),
        sa.Column("as_deputy", sa.Boolean(), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back_reason", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decline_reason", sa.Text(), nullable=False),
        sa.Column("promoted_from_id", sa.Uuid(), nullable=True),
        sa.Column("in_place_of_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'declined') = (declined_at IS NOT NULL)",
            name=op.f("ck_decisions_declined_at"),
        ),
        sa.CheckConstraint(
            "(state = 'taken_back') = (taken_back_at IS NOT NULL) AND (state = 'taken_back') = (taken_back_reason <> '')",
            name=op.f("ck_decisions_taken_back"),
        ),
        sa.CheckConstraint(
            "(state IN ('drafted', 'signed', 'taken_back')) = (published_at IS NULL)",
            name=op.f("ck_decisions_published"),
        ),
        sa.CheckConstraint(
            "outcome <> 'conditions' OR state = 'drafted' OR conditions <> ''",
            name=op.f("ck_decisions_conditions"),
        ),
        sa.CheckConstraint(
            "outcome NOT IN ('reject') OR state = 'drafted' OR reasons <> ''",
            name=op.f("ck_decisions_reasons"),
        ),
        sa.CheckConstraint(
            "state <> 'declined' OR outcome IN ('approve', 'conditions')",
            name=op.f("ck_decisions_declined"),
        ),
        sa.CheckConstraint(
            "state = 'drafted' OR num_nonnulls(number, decided_on, signed_by_id, signatory, organiser, signed_at) = 6",
            name=op.f("ck_decisions_signed"),
        ),
        sa.CheckConstraint(
            "NOT as_deputy OR signed_at IS NOT NULL", name=op.f("ck_decisions_as_deputy")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_decisions_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["competition_id"], ["competitions.id"], name=op.f("fk_decisions_competition_id")
        ),
        sa.ForeignKeyConstraint(
            ["in_place_of_id"], ["decisions.id"], name=op.f("fk_decisions_in_place_of_id")
        ),
        sa.ForeignKeyConstraint(
            ["promoted_from_id"], ["decisions.id"], name=op.f("fk_decisions_promoted_from_id")
        ),
        sa.ForeignKeyConstraint(
            ["signed_by_id"], ["persons.id"], name=op.f("fk_decisions_signed_by_id")
        ),
        sa.ForeignKeyConstraint(["vote_id"], ["votes.id"], name=op.f("fk_decisions_vote_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint(
            "competition_id", "number", name=op.f("uq_decisions_competition_id_number")
        ),
        sa.UniqueConstraint("in_place_of_id", name=op.f("uq_decisions_in_place_of_id")),
    )
    op.create_index(
        op.f("ix_decisions_competition_id"), "decisions", ["competition_id"], unique=False
    )
    op.create_index(
        "uq_decisions_current",
        "decisions",
        ["application_id"],
        unique=True,
        postgresql_where=sa.text("state NOT IN ('replaced', 'taken_back')"),
    )
    op.create_table(
        "eligibility_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("check_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "yes",
                "no",
                "clarify",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answered_by_id", sa.Uuid(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "verdict = 'yes' OR reason <> ''", name=op.f("ck_eligibility_answers_reason")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["persons.id"], name=op.f("fk_eligibility_answers_answered_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["check_id"], ["eligibility_checks.id"], name=op.f("fk_eligibility_answers_check_id")
        ),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["criteria.id"], name=op.f("fk_eligibility_answers_criterion_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_eligibility_answers")),
        sa.UniqueConstraint(
            "check_id", "criterion_id", name=op.f("uq_eligibility_answers_check_id_criterion_id")
        ),
    )
    op.create_table(
        "register_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("register_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["register_id"], ["registers.id"], name=op.f("fk_register_entries_register_id")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name=op.f("fk_register_entries_submission_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_entries")),
        sa.UniqueConstraint(
            "register_id", "position", name=op.f("uq_register_entries_register_id_position")
        ),
    )
    op.create_index(
        op.f("ix_register_entries_submission_id"),
        "register_entries",
        ["submission_id"],
        unique=False,
    )
    op.create_table(
        "scores",
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.Numeric(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.CheckConstraint("points IS NULL OR points >= 0", name=op.f("ck_scores_points")),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["criteria.id"], name=op.f("fk_scores_criterion_id")
        ),
        sa.ForeignKeyConstraint(["sheet_id"], ["score_sheets.id"], name=op.f("fk_scores_sheet_id")),
        sa.PrimaryKeyConstraint("sheet_id", "criterion_id", name=op.f("pk_scores")),
    )
    op.create_table(
        "sealed_replies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by_id", sa.Uuid(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.Column(
            "title", sa.Text(), sa.Computed("content ->> 'title'", persisted=True), nullable=True
        ),
        sa.Column(
            "sent_by",
            sa.Text(),
            sa.Computed("content ->> 'sent_by'", persisted=True),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "received_at = date_trunc('second', received_at)",
            name=op.f("ck_sealed_replies_whole_second"),
        ),
        sa.CheckConstraint("seal ~ '^[0-9a-f]{64}$'", name=op.f("ck_sealed_replies_seal")),
        sa.ForeignKeyConstraint(
            ["sent_by_id"], ["persons.id"], name=op.f("fk_sealed_replies_sent_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name=op.f("fk_sealed_replies_submission_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_replies")),
        sa.UniqueConstraint("seal", name=op.f("uq_sealed_replies_seal")),
    )
    op.create_index(
        op.f("ix_sealed_replies_submission_id"), "sealed_replies", ["submission_id"], unique=False
    )
    op.create_table(
        "clarifications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("check_id", sa.Uuid(), nullable=False),
        sa.Column("answer_set_id", sa.Uuid(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reply_id", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(reply_id, closed_at) <= 1", name=op.f("ck_clarifications_ended_once")
        ),
        sa.CheckConstraint("until > asked_at", name=op.f("ck_clarifications_until")),
        sa.ForeignKeyConstraint(
            ["answer_set_id"], ["answer_sets.id"], name=op.f("fk_clarifications_answer_set_id")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["persons.id"], name=op.f("fk_clarifications_asked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["check_id"], ["eligibility_checks.id"], name=op.f("fk_clarifications_check_id")
        ),
        sa.ForeignKeyConstraint(
            ["reply_id"], ["sealed_replies.id"], name=op.f("fk_clarifications_reply_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clarifications")),
        sa.UniqueConstraint("answer_set_id", name=op.f("uq_clarifications_answer_set_id")),
        sa.UniqueConstraint("reply_id", name=op.f("uq_clarifications_reply_id")),
    )
    op.create_index(
        op.f("ix_clarifications_check_id"), "clarifications", ["check_id"], unique=False
    )
    op.create_index(
        "uq_clarifications_waiting",
        "clarifications",
        ["check_id"],
        unique=True,
        postgresql_where=sa.text("reply_id IS NULL AND closed_at IS NULL"),
    )
    # ### end Alembic commands ###
    for statement in (*FUNCTIONS, *TRIGGERS):
        op.execute(statement)


def downgrade() -> None:
    # ### commands auto generated by Alembic - please adjust! ###
    op.drop_index(
        "uq_clarifications_waiting",
        table_name="clarifications",
        postgresql_where=sa.text("reply_id IS NULL AND closed_at IS NULL"),
    )
    op.drop_index(op.f("ix_clarifications_check_id"), table_name="clarifications")
    op.drop_table("clarifications")
    op.drop_index(op.f("ix_sealed_replies_submission_id"), table_name="sealed_replies")
    op.drop_table("sealed_replies")
    op.drop_table("scores")
    op.drop_index(op.f("ix_register_entries_submission_id"), table_name="register_entries")
    op.drop_table("register_entries")
    op.drop_table("eligibility_answers")
    op.drop_index(
        "uq_decisions_current",
        table_name="decisions",
        postgresql_where=sa.text("state NOT IN ('replaced', 'taken_back')"),
    )
    op.drop_index(op.f("ix_decisions_competition_id"), table_name="decisions")
    op.drop_table("decisions")
    op.drop_table("ballots")
    op.drop_table("votes")
    op.drop_index(op.f("ix_suspected_conflicts_application_id"), table_name="suspected_conflicts")
    op.drop_table("suspected_conflicts")
    op.drop_index(
        "uq_submissions_current",
        table_name="submissions",
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_table("submissions")
    op.drop_index(
        "uq_score_sheets_current",
        table_name="score_sheets",
        postgresql_where=sa.text("state <> 'replaced'"),
    )
    op.drop_index(op.f("ix_score_sheets_application_id"), table_name="score_sheets")
    op.drop_table("score_sheets")
    op.drop_table("meeting_notes")
    op.drop_index(op.f("ix_letters_application_id"), table_name="letters")
    op.drop_table("letters")
    op.drop_table("eligibility_checks")
    op.drop_index(op.f("ix_declarations_application_id"), table_name="declarations")
    op.drop_table("declarations")
    op.drop_table("call_document_versions")
    op.drop_index(
        "uq_attendances_there",
        table_name="attendances",
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.drop_table("attendances")
    op.drop_index(op.f("ix_assignments_application_id"), table_name="assignments")
    op.drop_table("assignments")
    op.drop_table("terms_versions")
    op.drop_index(
        "uq_registers_current",
        table_name="registers",
        postgresql_where=sa.text("voided_at IS NULL"),
    )
    op.drop_index(op.f("ix_registers_competition_id"), table_name="registers")
    op.drop_table("registers")
    op.drop_index(
        "uq_meetings_open", table_name="meetings", postgresql_where=sa.text("closed_at IS NULL")
    )
    op.drop_table("meetings")
    op.drop_index(op.f("ix_inquiries_competition_id"), table_name="inquiries")
    op.drop_table("inquiries")
    op.drop_table("evaluation_rounds")
    op.drop_index(
        "uq_criteria_tie_break",
        table_name="criteria",
        postgresql_where=sa.text("tie_break IS NOT NULL"),
    )
    op.drop_table("criteria")
    op.drop_table("committee_workplaces")
    op.drop_table("call_forms")
    op.drop_index(op.f("ix_call_documents_competition_id"), table_name="call_documents")
    op.drop_table("call_documents")
    op.drop_index(op.f("ix_applications_organisation_id"), table_name="applications")
    op.drop_index("ix_applications_competition_state", table_name="applications")
    op.drop_table("applications")
    op.drop_table("amendments")
    op.drop_index(op.f("ix_tokens_person_id"), table_name="tokens")
    op.drop_index(op.f("ix_tokens_organisation_id"), table_name="tokens")
    op.drop_index(op.f("ix_tokens_email"), table_name="tokens")
    op.drop_table("tokens")
    op.drop_index(
        "uq_organisation_claims_open",
        table_name="organisation_claims",
        postgresql_where=sa.text("state = 'made'"),
    )
    op.drop_index(
        op.f("ix_organisation_claims_registration_number"), table_name="organisation_claims"
    )
    op.drop_index(op.f("ix_organisation_claims_organisation_id"), table_name="organisation_claims")
    op.drop_index(op.f("ix_organisation_claims_claimant_id"), table_name="organisation_claims")
    op.drop_table("organisation_claims")
    op.drop_index(
        "uq_form_questions_measures",
        table_name="form_questions",
        postgresql_where=sa.text("measures IS NOT NULL"),
    )
    op.drop_index(op.f("ix_form_questions_section_id"), table_name="form_questions")
    op.drop_table("form_questions")
    op.drop_index("ix_competitions_state", table_name="competitions")
    op.drop_index(op.f("ix_competitions_municipality_id"), table_name="competitions")
    op.drop_table("competitions")
    op.drop_table("answers")
    op.drop_index(op.f("ix_answer_files_set_id"), table_name="answer_files")
    op.drop_table("answer_files")
    op.drop_index(op.f("ix_stored_files_uploaded_by_id"), table_name="stored_files")
    op.drop_table("stored_files")
    op.drop_index(op.f("ix_sign_ins_person_id"), table_name="sign_ins")
    op.drop_table("sign_ins")
    op.drop_index(op.f("ix_role_grants_scope_id"), table_name="role_grants")
    op.drop_index(op.f("ix_role_grants_person_id"), table_name="role_grants")
    op.drop_table("role_grants")
    op.drop_table("organisations")
    op.drop_table("municipalities")
    op.drop_index("ix_messages_recipient", table_name="messages")
    op.drop_index(op.f("ix_messages_person_id"), table_name="messages")
    op.drop_index("ix_messages_about", table_name="messages")
    op.drop_table("messages")
    op.drop_index("ix_journal_entries_subject", table_name="journal_entries")
    op.drop_index("ix_journal_entries_scope", table_name="journal_entries")
    op.drop_index(
        "ix_journal_entries_roles",
        table_name="journal_entries",
        postgresql_where=sa.text(
            "jsonb_path_exists(changes, '$.keyvalue() ? (@.key starts with \"role_grants:\")')"
        ),
    )
    op.drop_index("ix_journal_entries_at", table_name="journal_entries")
    op.drop_table("journal_entries")
    op.drop_table("form_sections")
    op.drop_index(op.f("ix_answer_sets_form_id"), table_name="answer_sets")
    op.drop_table("answer_sets")
    op.drop_table("throttles")
    op.drop_index(op.f("ix_scopes_parent_id"), table_name="scopes")
    op.drop_table("scopes")
    op.drop_table("roles")
    op.drop_table("persons")
    op.drop_table("journal_seals")
    op.drop_table("forms")
    # ### end Alembic commands ###
    op.execute("DROP FUNCTION refuse_change")
    op.execute("DROP FUNCTION refuse_if")
    op.execute("DROP FUNCTION make_scope")
    op.execute("DROP FUNCTION persons_administered")
    op.execute("DROP FUNCTION role_grants_scope")
    op.execute("DROP FUNCTION role_grants_once")
    op.execute("DROP FUNCTION role_grants_audits")
    op.execute("DROP FUNCTION role_grants_administered")
    op.execute("DROP FUNCTION role_grants_apart")
    op.execute("DROP FUNCTION role_grants_one_chair")
    op.execute("DROP FUNCTION role_grants_one_secretary")
    op.execute("DROP FUNCTION form_sections_frozen")
    op.execute("DROP FUNCTION form_questions_frozen")
    op.execute("DROP FUNCTION answers_closed")
    op.execute("DROP FUNCTION answers_asked")
    op.execute("DROP FUNCTION answer_files_closed")
    op.execute("DROP FUNCTION answer_files_asked")
    op.execute("DROP FUNCTION assignments_discussed")
    op.execute("DROP FUNCTION scores_locked")
