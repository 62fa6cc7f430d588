"""Extracts: a table to take away, in one `.zip` with its dictionary, manifest and seal.

    request    what is asked for: which content, of whom, in which form
    catalogue  the standard extracts
    content    the columns and rows of a request: the protected ledger, a measure's figures, or the rows of a table
    pseudonyms identifiers that mean something in one extract only
    writers    the same rows as CSV, workbook or Parquet
    words      the dictionary, and the words of an extract
    pack       all of it in one file, sealed
    taking     the journal's line before the first byte

*Protected* extracts hold only what the ledger has published. *Restricted* ones hold exact figures or rows, for the
controller's circle: in rows no identifier is the one of the store, their order tells nothing, and dates are as exact as
the recipient's role may have them.
"""
