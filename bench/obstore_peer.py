"""Puts a folder into a bucket with obstore, and asks for each object as callvault does.

    python -m bench.obstore_peer FOLDER ENDPOINT BUCKET --threads 8

What of callvault's requests it can send it sends: the SHA-256 as a checksum and as metadata, the
condition that nothing is overwritten. The credentials are those of the environment.
"""

from __future__ import annotations

import argparse
import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import obstore
from obstore.store import S3Store

if TYPE_CHECKING:
    from obstore.store import ClientConfig


def copy(store: S3Store, folder: Path, path: Path) -> None:
    key = path.relative_to(folder).as_posix()
    body = path.read_bytes()
    metadata = {"sha256": hashlib.sha256(body).hexdigest(), "source": quote(key)}
    obstore.put(store, key, body, attributes=metadata, mode="create", use_multipart=False)
    if obstore.head(store, key)["size"] != len(body):
        raise RuntimeError(f"the store has other bytes under {key}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("endpoint")
    parser.add_argument("bucket")
    parser.add_argument("--threads", type=int, default=8)
    asked = parser.parse_args()
    reached: ClientConfig = {"allow_http": True}
    if bundle := os.environ.get("AWS_CA_BUNDLE"):
        reached["root_certificate"] = Path(bundle).read_bytes()
    store = S3Store(
        asked.bucket,
        endpoint=asked.endpoint,
        region="us-east-1",
        checksum_algorithm="SHA256",
        client_options=reached,
    )
    files = [path for path in asked.folder.rglob("*") if path.is_file()]
    with ThreadPoolExecutor(asked.threads) as pool:
        for _ in pool.map(partial(copy, store, asked.folder), files):
            pass


if __name__ == "__main__":
    main()
