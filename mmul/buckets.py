"""Where pictures are kept, as STORAGES wants it said: a folder, or an S3-compatible bucket."""

from importlib.util import find_spec

from django.core.exceptions import ImproperlyConfigured

from kit import env

FOLDER = "media"  # so that a bucket's own address and ours differ in the host alone


def storage():
    """Return the entry of STORAGES; ImproperlyConfigured if something of it is missing."""
    bucket = env.text("MMUL_S3_BUCKET", "")
    if not bucket:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    if find_spec("storages") is None or find_spec("boto3") is None:
        raise ImproperlyConfigured("MMUL_S3_BUCKET needs the packages of requirements-s3.txt")
    endpoint = env.origin("MMUL_S3_ENDPOINT", "") or None
    options = {
        "bucket_name": bucket,
        "endpoint_url": endpoint,
        "region_name": env.text("MMUL_S3_REGION", "") or None,
        "access_key": env.secret("MMUL_S3_KEY"),
        "secret_key": env.secret("MMUL_S3_SECRET"),
        "location": FOLDER,
        "file_overwrite": True,  # names are ours (images/files.py): a copy made twice is one file
        "default_acl": None,  # the bucket's policy decides who reads
        "querystring_auth": False,
        "object_parameters": {"CacheControl": "public, max-age=31536000, immutable"},
        "client_config": client(endpoint),
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


def client(endpoint):
    from botocore.config import Config

    return Config(
        connect_timeout=3,  # seconds; an editor waits for an upload, a reader for a picture
        read_timeout=5,
        retries={"total_max_attempts": 2},
        signature_version="s3v4",
        # A bucket as part of the host name works with Amazon's own service only.
        s3={"addressing_style": "path" if endpoint else "auto"},
    )
