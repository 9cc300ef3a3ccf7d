"""What the start of a web process costs: it imports what pages need, and nothing heavier."""

import os
import subprocess
import sys

import pytest

from bench.archives import ROOT

# For writing and fetching, drawing and the buckets of some sites: imported where it is used.
HEAVY = ["PIL", "feedparser", "markdown_it", "snowballstemmer", "urllib3", "botocore", "lxml"]


@pytest.fixture(scope="module")
def loaded():
    """The modules of a process that is ready for its first reader."""
    script = "import sys, mmul.wsgi, mmul.urls; print(*sys.modules)"
    env = os.environ | {"MMUL_MODE": "development", "DJANGO_SETTINGS_MODULE": "mmul.settings"}
    command = [sys.executable, "-c", script]
    told = subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    return set(told.stdout.split())


@pytest.mark.parametrize("module", HEAVY)
def test_a_web_process_starts_without_what_pages_do_not_need(loaded, module):
    assert module not in loaded
