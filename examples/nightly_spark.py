"""A night's messages on Spark: folders of HL7 v2 in, a table of Bundles and a table of what was not carried over out.

    spark-submit nightly_spark.py /lake/raw/2026-01-31 /lake/fhir/2026-01-31

Every message is a row in `reports`, also one that could not be converted; run again, it writes the same bytes.
"""

import sys
from typing import Any

from pyspark.sql import SparkSession
from pyspark.sql import functions as f

from samspil_hl7v2.batch import Options
from samspil_hl7v2.spark import convert_frame

OPTIONS = Options(layers=("dk",), timezone="Europe/Copenhagen", bundle_type="collection")
REASONS = "array<struct<position:string,reason:string>>"


def nightly(spark: SparkSession, source: str, target: str) -> dict[str, int]:
    """Convert a folder, and give how many messages came to which end."""
    files = spark.read.format("binaryFile").option("recursiveFileLookup", "true").load(source)
    done = convert_frame(files, OPTIONS).cache()
    done.where("bundle IS NOT NULL").select("source", "index", "bundle").write.mode("overwrite").parquet(
        f"{target}/bundles"
    )
    done.select("source", "index", "status", "report").write.mode("overwrite").parquet(f"{target}/reports")
    lost = done.select(f.explode(f.from_json(f.get_json_object("report", "$.unmapped"), REASONS)).alias("lost"))
    counted = lost.groupBy("lost.position", "lost.reason").count().orderBy(f.desc("count"), "position")
    counted.coalesce(1).write.mode("overwrite").csv(f"{target}/lost", header=True)
    ends: dict[str, Any] = {row["status"]: row["count"] for row in done.groupBy("status").count().collect()}
    done.unpersist()
    return ends


if __name__ == "__main__":
    print(nightly(SparkSession.builder.getOrCreate(), *sys.argv[1:]))
