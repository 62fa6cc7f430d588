"""The monthly return to the regulator: lock → check → reconcile → explain → sign → archive.

    store/
      returns/<period>-v<n>.json     a return that is being prepared (`drafts.py`)
      returns/<period>-v<n>/         a sealed pack, never changed again (`packs.py`)

`steps` takes the steps, `statement` is what a return says, `making` computes it from the locked release and what was
declared before (`history`), `documents` lays it out, `sealing` signs and verifies. A statement, the signatures and a
language decide every byte of a pack: nothing in it is of the day on which it is written.
"""
