"""`python -m dashboard.accessibility [--check]`: write the statement, or say whether it is up to date."""

import sys

from dashboard.accessibility import stale, write

if "--check" in sys.argv[1:]:
    sys.exit("\n".join(stale()) or 0)
write()
