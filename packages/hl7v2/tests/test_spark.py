"""The converter on a local Spark."""

import os
import shutil
import signal
import sys
from pathlib import Path

import pytest

pytest.importorskip("pyspark", reason="machine: Spark is not installed: make spark")
pytest.importorskip("pyarrow", reason="machine: Spark is not installed: make spark")
if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
    pytest.skip("machine: Spark needs a Java runtime", allow_module_level=True)

from pyspark.sql import SparkSession

from samspil_hl7v2.batch import Options, convert_messages
from samspil_hl7v2.reader import read_files
from samspil_hl7v2.spark import SCHEMA, convert_batches, convert_frame

pytestmark = pytest.mark.xdist_group("spark")


@pytest.fixture(scope="module")
def spark():
    """A Spark of two threads on this machine, which runs a failed task up to four times."""
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[2,4]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
    session = builder.config("spark.sql.shuffle.partitions", "2").getOrCreate()
    yield session
    session.stop()


@pytest.fixture
def feed(tmp_path):
    """A file of one message, one of many, one of none."""
    message = "MSH|^~\\&|A|B|||20240202||ADT^A08|{}|P|2.5|||||||UTF-8\rPID|||{}^^^B||Sørensen^Åse\r"
    (tmp_path / "1.hl7").write_text(message.format(1, 1), encoding="utf-8")
    (tmp_path / "2.hl7").write_text("".join(message.format(at, at) for at in range(1200)), encoding="utf-8")
    (tmp_path / "3.hl7").write_text("PID|1\r", encoding="utf-8")
    return tmp_path


def alone(feed):
    """Convert the feed in this process: bundle and report by file name and number."""
    lines = convert_messages(read_files([feed]), Options(timezone="Europe/Copenhagen"))
    return {(Path(line.source).name, line.number): (line.bundle, line.status) for line in lines}


def rows(frame):
    """Collect the rows in the same form."""
    return {
        (Path(row.source).name, row["index"]): (row.bundle and row.bundle.encode(), row.status)
        for row in frame.collect()
    }


def test_a_cluster_gives_the_bytes_of_one_process(spark, feed):
    """Each message has one row, with the bundle that this process makes."""
    files = spark.read.format("binaryFile").load(str(feed)).repartition(2)
    made = convert_frame(files, Options(timezone="Europe/Copenhagen"))
    assert rows(made) == alone(feed)
    assert made.columns == [column.split()[0] for column in SCHEMA.split(", ")]


def test_a_killed_worker_loses_and_doubles_nothing(spark, feed):
    """The task of a worker that died is run again, and its rows stand once."""
    died = str(feed.parent / f"{feed.name}.died")
    convert = convert_batches(Options(timezone="Europe/Copenhagen"))

    def fragile(batches):
        for at, batch in enumerate(convert(batches)):
            if at == 1 and not Path(died).exists():
                Path(died).touch()
                os.kill(os.getpid(), signal.SIGKILL)
            yield batch

    files = spark.read.format("binaryFile").load(str(feed)).select("path", "content")
    assert rows(files.mapInArrow(fragile, SCHEMA)) == alone(feed)
    assert Path(died).exists()
