"""A text file lands on a cluster as it lands on one machine: rows, their numbers, and the lines that are none."""

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from pipelines.dialect import Dialect
from pipelines.engines import duckdb, lines
from pipelines.engines import spark as engine

pytestmark = pytest.mark.spark

COLUMNS = ("a", "b", "c")
REGULAR = {
    "plain": "a,b,c\n1,2,3\n4,5,6\n",
    "without a last line end": "a,b,c\n1,2,3",
    "Windows": "a,b,c\r\n1,2,3\r\n4,,6\r\n",
    "empty lines": "a,b,c\n\n1,2,3\n\n\n4,5,6\n",
    "quotes": 'a,b,c\n"1","x,y",""\n"say ""yes""",,"z"\n',
    "spaces": "a,b,c\n 1 , 2,3 \n",
    "too few and too many fields": "a,b,c\n1,2\n1,2,3\n1,2,3,4\n\n5,6,7\nx\n",
    "header only": "a,b,c\n",
    "not only ASCII": "a,b,c\né,œ,日本\n",
    "byte-order mark": "\ufeffa,b,c\n1,2,3\n",
}
IRREGULAR = {
    "a quote that is not closed": 'a,b,c\n1,"2,3\n4,5,6\n',
    "a line break within quotes": 'a,b,c\n1,"2\n3",4\n',
    "a quote in the middle": 'a,b,c\n1,2"3,4\n',
    "text beside a quoted field": 'a,b,c\n1,"2" x,4\n',
    "a space before a quote": 'a,b,c\n1, "2",3\n',
}
ROWS = "select rowid, a, b, c from t order by rowid"
BROKEN = "select record, original, rule from t_broken order by record"


def written(text: str, folder: Path) -> tuple[Path, Dialect]:
    path = folder / "t.csv"
    path.write_bytes(text.encode())
    return path, Dialect("utf-8", ",", COLUMNS)


@pytest.mark.parametrize("name", REGULAR)
def test_a_regular_file_is_read_by_the_executors(
    name: str, here: duckdb.Builder, there: engine.Builder, spark: SparkSession, tmp_path: Path
) -> None:
    path, dialect = written(REGULAR[name], tmp_path)
    assert lines.land(spark, path, dialect) is not None
    for builder in (here, there):
        builder.land_csv(path, dialect, "t")
    assert there.execute(ROWS).fetchall() == here.execute(ROWS).fetchall()
    assert there.execute(BROKEN).fetchall() == here.execute(BROKEN).fetchall()


@pytest.mark.parametrize("name", IRREGULAR)
def test_a_file_whose_lines_do_not_say_what_they_are_is_read_here(
    name: str, here: duckdb.Builder, there: engine.Builder, spark: SparkSession, tmp_path: Path
) -> None:
    path, dialect = written(IRREGULAR[name], tmp_path)
    assert lines.land(spark, path, dialect) is None
    for builder in (here, there):
        builder.land_csv(path, dialect, "t")
    assert there.execute(ROWS).fetchall() == here.execute(ROWS).fetchall()


def test_rows_in_many_pieces_keep_their_numbers(
    here: duckdb.Builder, there: engine.Builder, spark: SparkSession, tmp_path: Path
) -> None:
    text = "".join(f"{n},x{'y' * (n % 40)},\n" if n % 97 else f"{n},too,many,fields\n\n" for n in range(5_000))
    path, dialect = written(f"a,b,c\n{text}", tmp_path)
    spark.conf.set("spark.sql.files.maxPartitionBytes", "16384")
    try:
        landed = lines.land(spark, path, dialect)
        assert landed is not None
        assert landed.rows.rdd.getNumPartitions() > 5
        for builder in (here, there):
            builder.land_csv(path, dialect, "t")
        assert there.execute(ROWS).fetchall() == here.execute(ROWS).fetchall()
        assert there.execute(BROKEN).fetchall() == here.execute(BROKEN).fetchall()
    finally:
        spark.conf.unset("spark.sql.files.maxPartitionBytes")
