"""The demo data: the call of 2020 as it was published, and four of today in different stages.

Everything happens through the verbs that people use, with the clock held at the time it happens, so
that journal, seals, registers and letters are as they would be. Applicants, answers, points and
people are invented; public terms of the call of 2020 are facts.
"""
