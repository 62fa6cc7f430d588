"""What the data mean: columns, tables, rules, vocabularies and programmes.

Nothing here knows of files, engines or screens.
"""

import sys

# Where Spark is installed pandera would load its pandas, which nobody here uses: it warns of pandas 3 and is slow.
sys.modules.setdefault("pyspark.pandas", None)  # type: ignore[arg-type]
