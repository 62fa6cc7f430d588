"""Why a figure moved: the bridge between two releases, and between a declared figure and today's recount.

    recorded when published + the reasons = counted today; the residual is 0, or there is no bridge

`reasons` says what the reasons are, `order` in which order they are tried, `moves` which records entered or left a
cell, `bridges` sums them, `reconcile` holds them against what was declared, `returned` finds
the last return. What changed record by record, whatever it counts in, is `pipelines/changes.py`.
"""
