"""Which tests one worker of xdist runs one after the other; all others go wherever there is room.

xdist's own ``--dist loadgroup`` writes the group into a test's name, which pytest 9.2 no longer
lets it: every test is then alone, and nothing says so.
"""

from xdist.scheduler import LoadScopeScheduling

GROUPS = {
    # Made once for the file, and made again by each worker that has one of its tests.
    "plans": ["tests/mmul/test_plans.py"],
    "demo": ["tests/mmul/test_demo.py", "tests/comments/test_demo_discussions.py"],
    "bucket": ["tests/images/test_bucket.py"],
    # Servers and what is said about seconds: not two of them at once.
    "serve": [
        "tests/mmul/test_serve.py",
        "tests/mmul/test_nodes.py",
        "tests/mmul/test_replica.py",
        "tests/pagecache/test_server.py",
    ],
    "deploy": [f"tests/deploy/test_{name}.py" for name in ("answers", "keeping", "units")],
}
GROUP_OF = {file: group for group, files in GROUPS.items() for file in files}


class Together(LoadScopeScheduling):
    def _split_scope(self, nodeid):
        return GROUP_OF.get(nodeid.partition("::")[0], nodeid)
