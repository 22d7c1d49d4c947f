"""Whose store it is: as the office says, else where its endpoint leaves no doubt."""

from __future__ import annotations

import pytest

from config.stores import named


@pytest.mark.parametrize(
    ("store", "endpoint_url", "expected"),
    [
        (None, None, "aws"),
        (None, "https://s3.cn-north-1.amazonaws.com.cn", "aws"),
        (None, "https://s3.eu-west-1.amazonaws.com", "aws"),
        (None, "https://oss-cn-hangzhou.aliyuncs.com", "aliyun"),
        (None, "https://s3.oss-cn-hangzhou-internal.aliyuncs.com:443", "aliyun"),
        (None, "https://cos.ap-guangzhou.myqcloud.com", "tencent"),
        (None, "https://OBS.cn-north-4.MyHuaweiCloud.com", "huawei"),
        (None, "https://minio.office.example", "other"),
        (None, "https://aliyuncs.com.office.example", "other"),
        (None, "http://192.168.1.9:9000", "other"),
        ("minio", "http://192.168.1.9:9000", "minio"),
        ("other", "https://oss-cn-hangzhou.aliyuncs.com", "other"),
        ("ceph", None, "ceph"),
    ],
)
def test_named(store: str | None, endpoint_url: str | None, expected: str) -> None:
    assert named(store, endpoint_url) == expected
