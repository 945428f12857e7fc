"""What a `pyspark://` URL says, and what of it may be shown."""

import pytest

from lsq_api.contract.errors import NotConnected
from lsq_api.server.engines.spark.url import SparkUrl, unnamed

MASTER = "spark.master=spark://spark.example.org:7077"


def test_url__folder_and_settings():
    url = SparkUrl.read(f"pyspark:////srv/leads?{MASTER}&spark.executor.memory=2g")
    assert url.folder == "/srv/leads"
    assert url.settings == {"spark.master": "spark://spark.example.org:7077", "spark.executor.memory": "2g"}


def test_url__a_folder_of_another_file_system():
    url = SparkUrl.read(f"pyspark://?{MASTER}&spark.sql.warehouse.dir=hdfs://names:8020/leads")
    assert url.folder == "hdfs://names:8020/leads"
    assert "spark.sql.warehouse.dir" not in url.settings


@pytest.mark.parametrize(
    ("master", "found"),
    [
        ("spark://one:7077", [("one", 7077)]),
        ("spark://one:7077,two:7078", [("one", 7077), ("two", 7078)]),
        ("local[2]", []),
        ("yarn", []),
    ],
)
def test_url__masters(master: str, found: list[tuple[str, int]]):
    assert SparkUrl.read(f"pyspark:////srv/leads?spark.master={master}").masters == found


def test_url__without_a_master_it_is_left_to_spark():
    url = SparkUrl.read("pyspark:////srv/leads")
    assert (url.master, url.masters) == (None, [])
    assert str(url) == "pyspark://?spark.sql.warehouse.dir=/srv/leads"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (f"pyspark://?{MASTER}", "names no folder"),
        (f"pyspark:///?{MASTER}", "names no folder"),
        ("pyspark://me:secret@spark.example.org:7077/leads", "takes no host before the path"),
        (f"pyspark:////srv/leads?{MASTER}&password=secret", "begin with spark., and not 'password'"),
    ],
)
def test_url__at_fault(url: str, said: str):
    with pytest.raises(NotConnected) as caught:
        SparkUrl.read(url)
    assert said in str(caught.value)
    assert "secret" not in str(caught.value)


def test_url__shows_no_setting_that_may_be_a_password():
    folder = "s3a://key:secret@bucket/leads"
    url = SparkUrl.read(f"pyspark://?{MASTER}&spark.sql.warehouse.dir={folder}&spark.hadoop.fs.s3a.secret.key=secret")
    assert str(url) == f"pyspark://?{MASTER}&spark.sql.warehouse.dir=s3a://bucket/leads"
    assert "secret" not in repr(url)
    assert unnamed(f"cannot read {folder}") == "cannot read s3a://bucket/leads"
