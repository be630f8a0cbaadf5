"""Demo mode: invented people as whom any visitor may sign in, and their organisations."""

from portal.core.accounts.demo.cast import Cast, personas, registration_number

__all__ = ["Cast", "personas", "registration_number"]
