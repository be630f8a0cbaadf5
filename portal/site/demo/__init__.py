"""The demo data: the call of 2020 as it was published, and four present ones in different stages.

Everything is made by verbs with the clock fixed at its time, so that journal, seals, registers and
letters are realistic. Applicants, answers, points and people are invented; the public terms of the
call of 2020 are real.
"""
