"""Estimates and their intervals: numbers in, frozen results out.

Nothing here knows of SQL, releases, programmes or screens. What is counted is the business of the measures; how an
estimate, its interval and its undefined cases are defined is said in `CONVENTIONS.md`, and in French in
`CONVENTIONS.fr.md`.
"""
