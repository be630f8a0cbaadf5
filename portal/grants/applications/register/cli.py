"""The command `flask verify FILE` for receipts and registers."""

from collections.abc import Iterable
from pathlib import Path

from flask_babel import force_locale

from portal.grants.applications.register import verification
from portal.grants.applications.register.records import record_in


def check(file: Path) -> Iterable[tuple[bool, str]]:
    """Verify a receipt (PDF or JSON) or a downloaded register, including all stored files."""
    record = record_in(file.read_bytes())
    if record is None:
        return [(False, f"{file.name} is neither a receipt nor a register of this portal.")]
    with force_locale("en"):
        result = verification.of_record(record, files=True)
    lines = [f"{'ok    ' if fine else 'WRONG '} {words}" for fine, words in result.findings]
    unlike = "IT DOES NOT HOLD." if result.is_known else "IT IS NOT KNOWN."
    lines.append("It holds." if result.holds else unlike)
    return [(result.holds, "\n".join(lines))]
