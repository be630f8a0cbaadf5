"""Who is let in where: the one table of expected answers.

A line is an endpoint (with its method in brackets, where two differ), the stage at which its
competition stands (- where it has none), who is let in, and who is refused with the reason (403).
Everybody else finds nothing there (404), and a visitor is asked to sign in first.
"""

from dataclasses import dataclass

from tests.world import ROLES, VISITOR

GROUPS = {
    "everybody": ROLES,
    "people": tuple(role for role in ROLES if role != VISITOR),
    "board": ("officer", "head", "deputy", "auditor"),
    "deciding": ("officer", "head", "deputy"),
    "boards": ("officer", "head", "deputy", "auditor", "far-officer", "far-head", "far-auditor"),
    "officers": ("officer", "far-officer"),
    "organisation": ("reader", "editor", "owner"),
    "writers": ("editor", "owner"),
    "committee": ("member", "chair", "secretary", "recused"),
}

TABLE = """
static                          -          everybody
health.healthz                  -          everybody
health.readyz                   -          everybody
site.home                       -          everybody
site.how_to_apply               -          everybody
site.accessibility              -          everybody
site.privacy                    -          everybody
site.open_data                  -          everybody
site.dataset                    -          everybody
site.competitions_atom          -          everybody
site.competitions_ics           -          everybody
demo.index                      -          everybody
demo.enter                      -          everybody
messages.outbox                 -          everybody
messages.letter                 -          everybody

# accounts: everybody for themselves
accounts.register               -          everybody
accounts.registered             -          everybody
accounts.confirm                -          everybody
accounts.sign_in                -          everybody
accounts.sign_out               -          everybody
accounts.forgotten              -          everybody
accounts.reset_sent             -          everybody
accounts.new_password           -          everybody
accounts.new_address            -          everybody
accounts.desk                   -          people
accounts.account                -          people
accounts.details                -          people
accounts.password               -          people
accounts.address                -          people
accounts.end_sign_in            -          owner
accounts.end_other_sign_ins     -          people

# organisations: members read, owners change
organisations.index             -          people
organisations.new               -          people
organisations.join              -          everybody
organisations.accept            -          owner
organisations.show              -          organisation
organisations.leave             -          organisation
organisations.edit              -          owner                  reader,editor
organisations.invite            -          owner                  reader,editor
organisations.withdraw          -          owner                  reader,editor
organisations.role              -          owner                  reader,editor
organisations.remove            -          owner                  reader,editor

# claims of organisations: the claimant's own, answered by its owners, decided by officers of the
# municipality with which it has dealings and by administrators
claims.new                      -          people
claims.show                     -          stranger
claims.withdraw                 -          stranger
claims.proof                    -          stranger
claims.answer                   -          owner                  reader,editor
claim_review.index                -          officers,administrator
claim_review.look                 -          officer,administrator
claim_review.approve              -          officer,administrator
claim_review.refuse               -          officer,administrator
claim_review.file                 -          officer,administrator

# administration: accounts and settings, and nobody else's affair
administration.index            -          administrator
administration.accounts         -          administrator
administration.account          -          administrator
administration.give_role        -          administrator
administration.end_role         -          administrator
administration.close            -          administrator
administration.open_again       -          administrator
administration.sign_out         -          administrator
administration.send_reset       -          administrator
administration.roles            -          administrator
roles.administered              -          administrator
roles.administered_csv          -          administrator
roles.audited                   -          auditor,far-auditor
roles.audited_csv               -          auditor,far-auditor
administration.municipalities   -          administrator
administration.municipality     -          administrator
administration.new_municipality -          administrator
administration.logo             -          administrator
administration.logo_picture     -          administrator
administration.remove_logo      -          administrator
administration.letters          -          administrator
administration.send_again       -          administrator

# the board's desk
desk.show                       -          boards

# calls in public: nothing before it is announced
competitions.index              -          everybody
competitions.show               draft      board
competitions.show               announced  everybody
competitions.amendments         draft      board
competitions.amendments         open       everybody
competitions.document           draft      board
competitions.document           open       everybody
competitions.questions          draft      board
competitions.questions          open       everybody
competitions.ask                draft      nobody
competitions.ask                open       people
competitions.ask                closed     nobody                 people
competitions.take_back          open       owner

# calls at the board: the officer prepares, head and auditor read
board.index                     -          boards
board.create                    -          officers               boards
board.show                      draft      board
board.announce                  draft      officer                head,deputy,auditor
board.cancel                    open       officer                head,deputy,auditor
call_terms.show                 draft      board
call_terms.edit                 draft      officer                head,deputy,auditor
call_documents.listing          draft      board
call_documents.add              draft      officer                head,deputy,auditor
call_documents.describe         draft      officer                head,deputy,auditor
call_documents.replace          draft      officer                head,deputy,auditor
call_documents.remove           draft      officer                head,deputy,auditor
call_documents.move             draft      officer                head,deputy,auditor
call_form.builder               draft      board
call_form.add_section           draft      officer                head,deputy,auditor
call_form.edit_section          draft      officer                head,deputy,auditor
call_form.remove_section        draft      officer                head,deputy,auditor
call_form.move_section          draft      officer                head,deputy,auditor
call_form.add_question          draft      officer                head,deputy,auditor
call_form.edit_question         draft      officer                head,deputy,auditor
call_form.remove_question       draft      officer                head,deputy,auditor
call_form.move_question         draft      officer                head,deputy,auditor
call_criteria.listing           draft      board
call_criteria.thresholds        draft      officer                head,deputy,auditor
call_criteria.add               draft      officer                head,deputy,auditor
call_criteria.edit              draft      officer                head,deputy,auditor
call_criteria.remove            draft      officer                head,deputy,auditor
call_criteria.move              draft      officer                head,deputy,auditor
call_form.preview               draft      board
journal.show                    draft      board
journal.csv                     draft      board
amendments.listing              open       board
amendments.add                  open       officer                head,deputy,auditor
inquiries.index                 open       board
inquiries.answer                open       officer                head,deputy,auditor
inquiries.withdraw              open       officer                head,deputy,auditor

# applications: owner and editor write, the reader reads, nobody else knows of them
applications.index              -          people
applications.start              draft      nobody
applications.start              announced  nobody                 people
applications.start              open       people
applications.start              closed     nobody                 people
applications.task_list          open       organisation
applications.section            open       organisation
applications.save               open       writers                reader
applications.autosave           open       writers                reader
applications.attach             open       writers                reader
applications.file               open       organisation
applications.pdf                open       organisation
applications.ask_to_discard     open       writers                reader
applications.partner            open       nobody                 reader
applications.discard            open       writers                reader
submission.check                open       organisation
submission.submit               open       writers                reader
submission.receipt              sent       organisation
submission.receipt_pdf          sent       organisation
submission.receipt_json         sent       organisation
submission.submitted_pdf        sent       organisation
submission.ask_to_withdraw      sent       writers                reader
submission.withdraw             sent       writers                reader
register.page                   draft      board
register.page                   open       everybody
register.page                   closed     everybody
register.page_json              closed     everybody
register.verify                 -          everybody
register.check                  -          everybody

# applications at the board: sealed until the deadline
intake.index                    draft      nobody
intake.index                    sent       board
intake.register                 open       officer                head,deputy,auditor
intake.application              sent       nobody                 board
intake.application              closed     board
intake.file                     sent       nobody                 board
intake.file                     closed     board
intake.file                     minors     officer
intake.pdf                      sent       nobody                 board
intake.pdf                      closed     board
intake.receipt_pdf              sent       nobody                 board
intake.receipt_pdf              closed     board
intake.export                   sent       nobody                 board
intake.export                   closed     board

# letters that have to go by post
letters.index                   closed     officer                head,deputy,auditor
letters.letter                  closed     officer                head,deputy,auditor
letters.pdf                     closed     officer                head,deputy,auditor

# eligibility: an officer checks, another of the board confirms a rejection, the applicant replies
eligibility.index               closed     board
eligibility.check               sent       nobody                 board
eligibility.check               unchecked  board
eligibility.check               closed     board
eligibility.answer              unchecked  officer                head,deputy,auditor
eligibility.answer              checking   officer                head,deputy,auditor
eligibility.ask                 checking   officer                head,deputy,auditor
eligibility.take_back           checking   officer                head,deputy,auditor
eligibility.confirm             proposed   officer,head,deputy    auditor
eligibility.give_back           proposed   officer,head,deputy    auditor
eligibility.reopen              closed     officer                head,deputy,auditor
eligibility.file                checking   nobody
eligibility.file                closed     board
eligibility.file                minors     officer
clarifications.reply            checking   organisation
clarifications.save             checking   writers                reader
clarifications.autosave         checking   writers                reader
clarifications.attach           checking   writers                reader
clarifications.file             checking   organisation

# the committee: declares before it reads; the recused sees no content and no scores
appointments.index              closed     board
appointments.appoint            closed     officer,head           deputy,auditor
appointments.declarations_of_board sent   nobody                 board
appointments.declarations_of_board closed deciding               auditor
appointments.declare_one        sent       nobody                 board
appointments.declare_one        closed     deciding               auditor
appointments.end                closed     officer,head           deputy,auditor
committee.declarations          closed     committee
committee.declare               closed     committee
committee.conflicts             closed     board,chair,secretary
committee.resolve               closed     chair,secretary        board,member,recused
committee.assign                closed     chair                  board,member,secretary,recused
scoring.index                   -          committee,far-member,far-chair
scoring.work                    closed     committee
scoring.sheet                   closed     member,chair,secretary recused
scoring.save                    closed     member,chair           secretary,recused
scoring.autosave                closed     member,chair           secretary,recused
scoring.check                   closed     member,chair           secretary,recused
scoring.take_back               closed     member,chair           secretary,recused
scoring.file                    closed     member,chair,secretary recused
scoring.file                    minors     nobody
scoring.reply_file              closed     member,chair,secretary recused
scoring.reply_file              minors     nobody
scoring.progress[GET]           closed     board,chair,secretary
scoring.progress[POST]          closed     chair                  board,secretary
scoring.open_discussion         closed     chair                  board,member,secretary,recused
scoring.discussion              closed     auditor                officer,head,deputy,committee
scoring.discussion              discussed  board,member,chair,secretary recused
scoring.reopen                  closed     nobody                 board,committee
scoring.reopen                  discussed  head,deputy            officer,auditor,committee
ranking.show                    closed     board,chair,secretary  member,recused
ranking.show                    discussed  board,committee
ranking.csv                     closed     auditor                officer,head,deputy,committee
ranking.csv                     discussed  board,committee

# meetings: the secretary keeps the minutes, the chair closes them
meetings.index                  closed     board,committee
meetings.show                   closed     board,committee
meetings.minutes_pdf            closed     board,committee
meetings.minutes_document       closed     board,committee
meetings.convene                closed     chair,secretary        board,member,recused
meetings.describe               closed     chair,secretary        board,member,recused
meetings.attend                 closed     chair,secretary        board,member,recused
meetings.move                   closed     chair,secretary        board,member,recused
meetings.note                   closed     chair,secretary        board,member,recused
meetings.name_keeper            closed     chair                  board,member,secretary,recused
meetings.approve                closed     chair,secretary        board,member,recused
meetings.break_tie              closed     chair,secretary        board,member,recused
meetings.withdraw               closed     chair,secretary        board,member,recused
meetings.close                  closed     chair                  board,member,secretary,recused

# decisions: the officer drafts, the head signs and publishes, the auditor reads
decisions.decisions             drafted    board
decisions.letter                drafted    board
decisions.letter_pdf            drafted    board
decisions.propose               drafted    officer                head,deputy,auditor
decisions.edit                  drafted    officer                head,deputy,auditor
decisions.edit                  signed     nobody                 board
decisions.sign                  drafted    head                   officer,deputy,auditor
decisions.sign_as_deputy        drafted    deputy                 officer,head,auditor
decisions.take_back             signed     head                   officer,deputy,auditor
decisions.publish               signed     head                   officer,deputy,auditor
decisions.promote               published  head                   officer,deputy,auditor
own_decision.decision           signed     nobody
own_decision.decision           published  organisation
own_decision.decision_pdf       signed     nobody
own_decision.decision_pdf       published  organisation
own_decision.decline            published  owner                  reader,editor
results.public_results          signed     nobody
results.public_results          published  everybody
"""


@dataclass(frozen=True)
class Row:
    """What is expected of one endpoint."""

    endpoint: str
    stage: str
    let_in: frozenset[str]
    told: frozenset[str]
    methods: tuple[str, ...] = ("GET", "POST")

    def __str__(self) -> str:
        """A name for its test."""
        only = "" if len(self.methods) > 1 else f"-{self.methods[0]}"
        return f"{self.endpoint}-{self.stage}{only}"

    def expected(self, role: str, *, visitors: bool) -> str:
        """The answer to a role; `visitors`: nobody is asked to sign in for this page."""
        if role in self.let_in:
            return "let in"
        if role in self.told:
            return "told why"
        return "asked to sign in" if role == VISITOR and not visitors else "not found"


def rows() -> list[Row]:
    """The table, read."""
    return [_row(line) for line in TABLE.strip().splitlines() if line and line[0] != "#"]


def _row(line: str) -> Row:
    named, stage, let_in, *told = line.split()
    endpoint, _, method = named.rstrip("]").partition("[")
    methods = (method,) if method else Row.methods
    return Row(endpoint, stage, _roles(let_in), _roles(*told), methods)


def _roles(*words: str) -> frozenset[str]:
    names = [name for word in words for name in word.split(",") if name != "nobody"]
    found = {role for name in names for role in GROUPS.get(name, (name,))}
    unknown = found - set(ROLES)
    assert not unknown, f"no such roles: {unknown}"
    return frozenset(found)
