"""Form fields with GOV.UK's markup, built on WTForms and the macros of components/.

A form is a `Form` with these fields; `{{ form.name() }}` renders label, hint, error and input. The
user's input is kept even if it is refused.
"""

from portal.core.fields.base import Field, Form, Refused
from portal.core.fields.choices import Choice, Choices, Select, Statement
from portal.core.fields.files import File
from portal.core.fields.identifiers import Email, Iban, Name, Phone, RegistrationNumber
from portal.core.fields.moments import Date, DateText, DateTime
from portal.core.fields.numbers import DecimalField, Money, Number
from portal.core.fields.rows import Column, Rows, Texts
from portal.core.fields.text import Hidden, Password, Text, TextArea, WordsField

__all__ = [
    "Choice",
    "Choices",
    "Column",
    "Date",
    "DateText",
    "DateTime",
    "DecimalField",
    "Email",
    "Field",
    "File",
    "Form",
    "Hidden",
    "Iban",
    "Money",
    "Name",
    "Number",
    "Password",
    "Phone",
    "Refused",
    "RegistrationNumber",
    "Rows",
    "Select",
    "Statement",
    "Text",
    "TextArea",
    "Texts",
    "WordsField",
]
