"""What the data mean: columns, tables, rules, vocabularies and programmes.

Nothing here knows of files, engines or screens.
"""
