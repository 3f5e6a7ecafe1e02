"""Other engines over the very same files: DuckDB and Spark fold the Parquet files of a pilot by the very
same .sql files, and must give the rows that stand in the backend's database. DuckDB then computes
indicators from the raw records, by queries of its own, and must come to the report's figures.

    python3 compare.py DATA REPORT SUMMARIES [--spark]

DATA       a data folder that `kairan simulate` made
REPORT     the report.json that `kairan report` made of it
SUMMARIES  the folder of the .sql files
"""

import json
import re
import sqlite3
import sys
import tempfile
from pathlib import Path

import duckdb

DAY_MS, JAPAN_MS = 86_400_000, 32_400_000
DAY = f"(happened_at + COALESCE(clock_offset_ms, 0) + {JAPAN_MS}) // {DAY_MS}"


def buckets():
    """The buckets of the histogram, by the rule of the evaluation."""
    rows, low, below = [], 0, 100
    while True:
        if low >= DAY_MS:
            return rows + [(len(rows), low, 2**63 - 1)]
        rows.append((len(rows), low, below))
        low, below = below, below + below // 50


def columns(sql):
    """The columns of a summary, as its head tells them."""
    head = [line for line in sql.splitlines() if line.startswith("--")]
    return [m.group(1) for line in head if (m := re.match(r"-- ([a-z_]+)  +\S", line))]


def key(row):
    return [(value is None, str(value)) for value in row]


def same(engine, name, found, wanted):
    found, wanted = sorted(map(tuple, found), key=key), sorted(map(tuple, wanted), key=key)
    if found != wanted:
        wrong = [pair for pair in zip(found, wanted) if pair[0] != pair[1]][:3]
        sys.exit(f"{engine}: {name} differs: {len(found)} rows, not {len(wanted)}: {wrong}")
    print(f"{engine}: {name}: {len(found)} rows, the same")


def fold_with_duckdb(db, summaries, kept):
    for path in summaries:
        rows = db.execute(path.read_text()).fetchall()
        same(f"DuckDB {duckdb.__version__}", path.stem, rows, kept[path.stem])


def fold_with_spark(days, summaries, kept):
    import pyspark
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    spark.read.parquet(str(days)).createOrReplaceTempView("records")
    shape = "bucket BIGINT, from_ms BIGINT, below_ms BIGINT"
    spark.createDataFrame(buckets(), shape).createOrReplaceTempView("dwell_buckets")
    for path in summaries:
        rows = spark.sql(path.read_text()).collect()
        same(f"Spark {pyspark.__version__}", path.stem, rows, kept[path.stem])
    spark.stop()


def table(report, name):
    section = next(it for it in report["sections"] if it["id"] == name)
    names = [column["name"] for column in section["columns"]]
    return [dict(zip(names, row)) for row in section["rows"]]


def indicators_with_duckdb(db, report):
    """Reach, medians, weekly shares, the funnel and the rhythm, from the raw records."""
    ask = lambda sql: db.execute(sql).fetchall()
    first, last = (ask(f"SELECT DATE '{report[end]}' - DATE '1970-01-01'")[0][0] for end in ("from", "to"))
    db.execute(f"""CREATE VIEW seen AS SELECT records.*, {DAY} AS day FROM records
        JOIN loans USING (participation) WHERE {DAY} BETWEEN began AND LEAST(COALESCE(ended, {last}), {last})""")
    db.execute(f"CREATE VIEW period AS SELECT * FROM seen WHERE day >= {first}")
    checked = 0
    for row in table(report, "services"):
        of_service = f"FROM period WHERE service = '{row['service']}'"
        reach = ask(f"SELECT COUNT(DISTINCT participation) {of_service} AND kind = 'service_opened'")[0][0]
        median = ask(f"SELECT QUANTILE_DISC(dwell_ms, 0.5) / 1000.0 {of_service} AND kind = 'service_left'")[0][0]
        assert row["loans"] in (reach, "*"), row
        assert row["median_seconds"] == "*" or abs(row["median_seconds"] / median - 1) < 0.02, (row, median)
        checked += 2
    for row in table(report, "weekly_active"):
        if row["group"] != "all":
            continue
        monday = f"(DATE '{row['week']}' - DATE '1970-01-01')"
        open_on = f"began <= {monday} AND COALESCE(ended, {monday}) >= {monday}"
        of = ask(f"SELECT COUNT(*) FROM loans WHERE {open_on}")[0][0]
        active = ask(f"""SELECT COUNT(DISTINCT participation) FROM period JOIN loans USING (participation)
            WHERE kind = 'visit_began' AND day BETWEEN {monday} AND {monday} + 6 AND {open_on}""")[0][0]
        assert row["of"] in (of, "*") and row["loans"] in (active, "*"), (row, of, active)
        checked += 2
    scope = f"participation IN (SELECT participation FROM loans WHERE began <= {last} AND COALESCE(ended, {last}) >= {first})"
    habit = f"""SELECT COUNT(*) FROM (SELECT participation FROM seen JOIN loans USING (participation)
        WHERE kind = 'visit_began' AND day - began < 14 AND {scope} GROUP BY participation HAVING COUNT(DISTINCT day) >= 3)"""
    steps = {
        "lent": f"SELECT COUNT(*) FROM loans WHERE {scope}",
        "switched_on": f"SELECT COUNT(DISTINCT participation) FROM seen WHERE {scope}",
        "touched": f"SELECT COUNT(DISTINCT participation) FROM seen WHERE kind = 'visit_began' AND {scope}",
        "opened_a_service": f"SELECT COUNT(DISTINCT participation) FROM seen WHERE kind = 'service_opened' AND {scope}",
        "used_on_3_days_of_14": habit,
    }
    for row in table(report, "funnel"):
        if row["group"] == "all":
            assert row["loans"] in (ask(steps[row["step"]])[0][0], "*"), row
            checked += 1
    rhythm = dict(((w + 1, h), n) for w, h, n in ask(f"""SELECT (day + 3) % 7, ((happened_at + COALESCE(clock_offset_ms, 0)
        + {JAPAN_MS}) % {DAY_MS}) // 3600000, COUNT(*) FROM period WHERE kind = 'visit_began' GROUP BY ALL"""))
    for row in table(report, "rhythm"):
        assert row["visits"] in (rhythm[row["weekday"], row["hour"]], "*"), row
        checked += 1
    quick, closed, visits, ignored = ask("""SELECT COUNT(*) FILTER (kind = 'service_left' AND dwell_ms < 5000),
        COUNT(*) FILTER (kind = 'service_left'), COUNT(*) FILTER (kind = 'visit_began'),
        COUNT(*) FILTER (kind = 'touch_ignored') FROM period""")[0]
    ease = {row["measure"]: row["value"] for row in table(report, "ease")}
    assert abs(ease["left_within_5_seconds_percent"] - 100 * quick / closed) < 0.06, ease
    assert abs(ease["ignored_touches_per_visit"] - ignored / visits) < 0.006, ease
    print(f"DuckDB {duckdb.__version__}: {checked + 2} figures from the raw records, the same as the report's")


def main(data, report, folder, *more):
    data, summaries = Path(data), sorted(Path(folder).glob("*.sql"))
    database = sqlite3.connect(f"file:{data / 'kairan.sqlite'}?mode=ro", uri=True)
    kept = {
        path.stem: database.execute(
            f"SELECT {', '.join(columns(path.read_text()))} FROM summary_{path.stem}"
        ).fetchall()
        for path in summaries
    }
    db = duckdb.connect()
    db.execute("SET threads = 2")
    db.execute(f"CREATE VIEW records AS SELECT * FROM read_parquet('{data}/days/*.parquet')")
    db.execute("CREATE TABLE dwell_buckets (bucket BIGINT, from_ms BIGINT, below_ms BIGINT)")
    db.executemany("INSERT INTO dwell_buckets VALUES (?, ?, ?)", buckets())
    db.execute("CREATE TABLE loans (participation TEXT, began BIGINT, ended BIGINT)")
    loans = database.execute("SELECT participation, began, ended FROM loans").fetchall()
    db.executemany("INSERT INTO loans VALUES (?, ?, ?)", loans)
    fold_with_duckdb(db, summaries, kept)
    indicators_with_duckdb(db, json.loads(Path(report).read_text()))
    if "--spark" in more:
        fold_with_spark(data / "days", summaries, kept)


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
