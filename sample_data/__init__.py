"""Synthetic monthly exports of the thalidomide programme.

`python -m sample_data --out DIR` writes them. Every patient here is drawn from a random generator; see README.md for
what the draws are calibrated on and what is wrong on purpose. Nothing here reads or checks an export.
"""
