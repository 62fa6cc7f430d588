"""The forms in which an export is sent: a folder or a zip of text files, workbooks, Parquet and SAS transport files.

Each module turns one form into something the engine reads, inside the scratch folder of the import, or refuses the
file by name. What a value means is said elsewhere (`parse.py`).
"""
