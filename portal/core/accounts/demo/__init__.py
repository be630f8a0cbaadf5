"""Demo mode: invented people that anybody may sign in as, and what they belong to."""

from portal.core.accounts.demo.cast import Cast, personas, registration_number

__all__ = ["Cast", "personas", "registration_number"]
