"""Who may see what, and the journal of what they did.

`roles` is the table of roles, `settings` the folder in which a deployment says who has which, `events` what the journal
can say, `books` where its lines stand, `chain` what makes them tell of a change, `journal` all of it together, `digest`
what its readers look at.

The store's own journal (`pipelines.journal`) is something else: the state by which a store knows its releases again and
whom it erased, needed to read it. This one is evidence about persons, kept for a time and then shortened.
"""
