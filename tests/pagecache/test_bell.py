"""A bell in a file: who rings is heard by every process of the machine."""

import subprocess
import sys

from pagecache.bell import LENGTH, Bell


def test_another_process_is_heard(tmp_path):
    path = tmp_path / "deep" / "purges"
    bell = Bell(path)
    before = bell.sound()
    code = f"from pagecache.bell import Bell; Bell({str(path)!r}).ring()"
    subprocess.run([sys.executable, "-c", code], check=True)

    assert bell.sound() != before
    assert len(bell.sound()) == LENGTH


def test_silence_sounds_the_same(tmp_path):
    bell = Bell(tmp_path / "purges")

    assert bell.sound() == bell.sound()
    assert Bell(tmp_path / "purges").sound() == bell.sound()


def test_two_rings_never_sound_alike(tmp_path):
    bell = Bell(tmp_path / "purges")
    sounds = set()
    for _ in range(100):
        bell.ring()
        sounds.add(bell.sound())

    assert len(sounds) == 100


def test_a_place_that_cannot_be_written_leaves_a_bell_of_its_own(tmp_path):
    (tmp_path / "file").write_text("x")
    bell = Bell(tmp_path / "file" / "purges")
    before = bell.sound()
    bell.ring()

    assert bell.sound() != before


def test_an_old_bell_is_used_again(tmp_path):
    (tmp_path / "purges").write_bytes(b"12345678")

    assert Bell(tmp_path / "purges").sound() == b"12345678"
