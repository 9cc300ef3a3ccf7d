"""An S3-compatible server on loopback, with one empty bucket; gone after the test."""

import subprocess
import sys
import time
from contextlib import contextmanager

from tests.postgres import free_port

NAME = "figure"


@contextmanager
def bucket(folder):
    """Yield the variables of the environment that lead to the bucket."""
    import boto3

    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with open(folder / "s3.log", "wb") as said:
        server = subprocess.Popen(command, stdout=said, stderr=said)
    words = {
        "MMUL_S3_BUCKET": NAME,
        "MMUL_S3_ENDPOINT": f"http://127.0.0.1:{port}",
        "MMUL_S3_REGION": "eu-south-1",
        "MMUL_S3_KEY": "nobody",
        "MMUL_S3_SECRET": "nothing",
    }
    client = boto3.client(
        "s3",
        endpoint_url=words["MMUL_S3_ENDPOINT"],
        region_name=words["MMUL_S3_REGION"],
        aws_access_key_id="nobody",
        aws_secret_access_key="nothing",
    )
    try:
        make(client, server, folder / "s3.log")
        yield words, client, server
    finally:
        client.close()
        server.kill()
        server.wait()


def make(client, server, said):
    where = {"LocationConstraint": "eu-south-1"}
    for _ in range(60):
        assert server.poll() is None, said.read_text()
        try:
            client.create_bucket(Bucket=NAME, CreateBucketConfiguration=where)
        except Exception:
            time.sleep(0.5)
        else:
            return
    raise AssertionError("the bucket's server does not answer")
