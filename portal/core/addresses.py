"""E-mail addresses: the normal form that is stored, and the ASCII form for sending."""

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l

from portal.core.errors import Invalid

LONGEST = 254  # characters, RFC 5321


def normal(typed: str) -> str:
    """An address in normal form: lower case, its domain in Unicode rather than xn--….

    Raises Invalid for an invalid address and for letters outside ASCII before the @, which hardly
    any mail server accepts (SMTPUTF8).
    """
    local, at, domain = typed.rpartition("@")
    if at and domain and not local.isascii():
        raise Invalid(
            "address_letters",
            _l(
                "Mail servers do not take this address: before the @ it may only have letters"
                " without diacritical marks, digits and signs."
            ),
            "email",
        )
    try:
        if len(typed) > LONGEST:
            raise EmailNotValidError
        found = validate_email(typed, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        raise _unlike() from None
    if "." not in found.domain:
        raise _unlike()
    return found.normalized.lower()


def in_ascii(address: str) -> str:
    """An address with its domain in ASCII (IDNA). Raises ValueError for an invalid one."""
    if address.isascii():
        return address
    found = validate_email(address, check_deliverability=False, globally_deliverable=False)
    if found.ascii_email is None:
        raise ValueError("an address with letters outside ASCII before the @")
    return found.ascii_email


def _unlike() -> Invalid:
    return Invalid("address", _l("Enter an address like anna@example.lv."), "email")
