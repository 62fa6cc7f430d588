"""The protected world: a ledger of figures that may leave the circle, computed when a release is published.

`counting` turns people into entries along the programme's plan; `lines` chains and signs them; `files` keeps them in
the store, with what must be remembered of who was counted; `publication` does it for the release in service; `reading`
answers a question from the entries alone; `attack` and `audit` try to tell a small number from all that was published.
Nothing here answers a query on people. Why it holds: `GUARANTEE.md`.
"""
