"""``python -m deploy.backup FOLDER``: database and pictures, consistent while the site runs.

A backup is a folder: ``database.dump`` (PostgreSQL) or ``database.sqlite3``, ``media.tar`` and
``SHA256SUMS``. It is called ``.part`` until it was read back; the ten newest stay. The database
comes first and pictures are never changed, only added: each row of the backup has its file, but
for one removed in between. Keys and variables are not in it. Errors: exit status 1 and a line.
"""

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import time
from contextlib import closing
from pathlib import Path

KEPT = 10
SPARE_BYTES = 100 * 1024 * 1024


def main(folder):
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mmul.settings")
    from django.conf import settings

    os.umask(0o077)
    database, media = settings.DATABASES["default"], Path(settings.MEDIA_ROOT)
    refuse_if_short(folder, media)
    for left in folder.glob("mmul-*.part"):  # of a backup that was killed
        shutil.rmtree(left)
    part = folder / time.strftime("mmul-%Y%m%d-%H%M%S.part")
    part.mkdir()
    (dump_sqlite if "sqlite3" in database["ENGINE"] else dump_postgresql)(database, part)
    archive(media, part / "media.tar")
    write_sums(part)
    done = part.rename(part.with_suffix(""))
    for old in backups(folder)[:-KEPT]:
        shutil.rmtree(old)
    print(done)  # noqa: T201


def backups(folder):
    return sorted(path for path in folder.glob("mmul-*") if path.suffix != ".part")


def refuse_if_short(folder, media):
    """The pictures, the database of last time and a reserve must fit."""
    before = backups(folder)
    need = SPARE_BYTES + size_of(media)
    need += sum(file.stat().st_size for file in before[-1].glob("database.*")) if before else 0
    if (free := shutil.disk_usage(folder).free) < need:
        sys.exit(f"backup: {folder} has {free // 2**20} MB free, {need // 2**20} MB are needed")


def size_of(folder):
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def dump_postgresql(database, part):
    """Dump with pg_dump, then let pg_restore read the list back. The password goes by variable."""
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    env = os.environ | {pg: str(database[key]) for pg, key in names.items() if database.get(key)}
    dump = part / "database.dump"
    command = ["pg_dump", "--format=custom", "--no-owner", "--no-privileges"]
    run([*command, "--file", str(dump), "--dbname", database["NAME"]], env)
    run(["pg_restore", "--list", str(dump)], env)


def run(command, env):
    try:
        subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"backup: {error}")


def dump_sqlite(database, part):
    source = sqlite3.connect(database["NAME"], timeout=60)
    copy = sqlite3.connect(part / "database.sqlite3")
    with closing(source), closing(copy):
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file that needs no other beside it
        if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            sys.exit("backup: the copy of the database is not sound")


def archive(media, target):
    """Pictures are packed already: no compression. One removed meanwhile is not missed."""
    with tarfile.open(target, "w") as tar:
        for file in sorted(media.rglob("*")):
            if file.is_file():
                try:
                    tar.add(file, Path("media") / file.relative_to(media))
                except FileNotFoundError:
                    continue


def write_sums(part):
    """Read everything back: what cannot be read is no backup."""
    lines = []
    for file in sorted(part.iterdir()):
        with open(file, "rb") as stream:
            lines.append(f"{hashlib.file_digest(stream, 'sha256').hexdigest()}  {file.name}\n")
            os.fsync(stream.fileno())
    (part / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit("usage: python -m deploy.backup FOLDER (that exists)")
    main(Path(sys.argv[1]))
