"""Labels of the journal's events on accounts, organisations and roles."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.core.accounts.models import Person, RoleGrant
from portal.core.accounts.roles import ROLES
from portal.core.audit.vocabulary import Vocabulary

VOCABULARY = Vocabulary(
    events={
        "account.address_changed": _l("E-mail address of the account changed"),
        "account.address_requested": _l("Another e-mail address asked for"),
        "account.changed": _l("Name or language of the account changed"),
        "account.closed": _l("Account closed"),
        "account.confirmation_sent": _l("Link for confirming the address sent again"),
        "account.confirmed": _l("E-mail address confirmed"),
        "account.opened": _l("Account opened again"),
        "account.password_changed": _l("Password changed"),
        "account.password_reset": _l("New password set by a link"),
        "account.registered": _l("Account made"),
        "account.registered_again": _l("Somebody tried to register an address that has an account"),
        "account.reset_requested": _l("Link for a new password asked for"),
        "account.reset_sent": _l("Link for a new password sent by an administrator"),
        "account.signed_out": _l("Signed out everywhere by an administrator"),
        "accounts.swept": _l("Expired links and sign-ins deleted"),
        "administrator.made": _l("Administrator made from the command line"),
        "role.given": _l("Role given"),
        "role.ended": _l("Role ended"),
        "sign_in.begun": _l("Signed in to the portal"),
        "sign_in.ended": _l("Sign-in ended"),
        "sign_in.others_ended": _l("All other sign-ins ended"),
        "municipality.added": _l("Municipality added"),
        "municipality.logo_set": _l("Logo of the municipality set"),
        "municipality.logo_removed": _l("Logo of the municipality removed"),
        "municipality.changed": _l("Municipality changed"),
        "organisation.founded": _l("Organisation added"),
        "organisation.changed": _l("Organisation changed"),
        "organisation.invited": _l("Invited to an organisation"),
        "organisation.invitation_withdrawn": _l("Invitation to an organisation withdrawn"),
        "organisation.joined": _l("Joined an organisation"),
        "organisation.role_changed": _l("Role in an organisation changed"),
        "organisation.member_removed": _l("Member of an organisation removed"),
        "organisation.left": _l("Left an organisation"),
        "organisation.claimed": _l("Right to act for an organisation asked for"),
        "organisation.claim_withdrawn": _l("Request to act for an organisation withdrawn"),
        "organisation.claim_answered": _l("Request to act for an organisation answered"),
        "organisation.claim_approved": _l("Request to act for an organisation approved"),
        "organisation.claim_refused": _l("Request to act for an organisation refused"),
    },
    tables={
        "role_grants": _l("role"),
    },
    things={
        "organisations": _l("organisation"),
        "persons": _l("person"),
    },
    columns={
        "ended_at": _l("Ended at"),
        "order_date": _l("Date of the order"),
        "order_number": _l("Number of the order"),
        "role": _l("Role"),
        "since": _l("Since"),
        "until": _l("Until"),
    },
    facts={
        "person": _l("Person"),
        "reason": _l("Reason"),
        "role": _l("Role"),
        "roles": _l("Roles"),
        "file": _l("File"),
        "sha256": _l("SHA-256"),
        "handed_over": _l("Organisation handed over"),
        "to": _l("To"),
    },
    codes={"role": ROLES, "roles": ROLES},
    people=(select(RoleGrant.id, Person.name).join(Person, Person.id == RoleGrant.person_id),),
)
