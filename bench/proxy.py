"""``python -m bench.proxy``: our page kept by the shipped nginx beside the same bytes from a file.

One nginx serves both, asked in turn round after round; only the ratios of one run count (goal:
0.65, performance.md, section 6). Without TLS: it costs both the same and would hide what differs.
Needs wrk and nginx; says so in a line if one is missing.
"""

import gzip
import re
import shutil
import statistics
import subprocess
import tempfile
import urllib.request
from contextlib import ExitStack
from pathlib import Path

from bench import shipped
from bench.archives import PAGE_CACHE_MB, ROOT, environment, prepare, say
from bench.kept import CONNECTIONS, ROUNDS, SIZE
from bench.pages import SECONDS
from mmul.server import granian

HOST = "www.example.org"
APPLICATION, PROXY, FILE = 8121, 8122, 8123
FILE_SERVER = """
server {{
    listen 127.0.0.1:{port};
    root {root};
    access_log off;
    gzip_static on;
}}
"""


def wrk(port, path, connections):
    """Return requests per second; anything but 2xx is an error."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{SECONDS:g}s"]
    command += ["-H", "Accept-Encoding: gzip", "-H", f"Host: {HOST}"]
    text = subprocess.run(
        [*command, f"http://127.0.0.1:{port}{path}"], check=True, capture_output=True, text=True
    ).stdout
    if "Non-2xx" in text:
        raise SystemExit(text)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])


def lay_out(folder, page):
    """Write the shipped file, without TLS, and ``page`` as a packed file; return the main file."""
    files = folder / "files"
    files.mkdir()
    (files / "page.html").write_bytes(gzip.decompress(page))
    (files / "page.html.gz").write_bytes(page)
    more = FILE_SERVER.format(port=FILE, root=files)
    main = shipped.render(folder, APPLICATION, port=PROXY + 10, tls_port=PROXY, more=more)
    shipped.make_certificate(folder / "tls", HOST)
    conf = folder / "mmul.conf"
    text = conf.read_text(encoding="utf-8").replace(" ssl http2", "")
    conf.write_text(text.replace("ssl_reject_handshake on;", ""), encoding="utf-8")
    return main


def fetch(port):
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/", headers={"Host": HOST, "Accept-Encoding": "gzip"}
    )
    with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
        return response.read()


def main():
    if not (shutil.which("wrk") and shipped.nginx()):
        say("bench.proxy: SKIPPED, install wrk and nginx")
        return
    prepare(SIZE)
    env = environment(SIZE, MMUL_PAGE_CACHE_MB=PAGE_CACHE_MB, MMUL_SITE_URL=f"http://{HOST}")
    results = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        application = shipped.started(granian(APPLICATION), APPLICATION, cwd=ROOT, env=env)
        stack.enter_context(application)
        page = fetch(APPLICATION)
        stack.enter_context(shipped.running(lay_out(folder, page), FILE))
        if fetch(PROXY) != page:
            raise SystemExit("the proxy does not serve the page")
        for number in range(ROUNDS + 1):
            for connections in CONNECTIONS:
                for name, port, path in (
                    ("a file", FILE, "/page.html"),
                    ("our page, kept", PROXY, "/"),
                    ("our page, Python alone", APPLICATION, "/"),
                ):
                    rate = wrk(port, path, connections)
                    if number:  # the first round warms up
                        results.setdefault((name, connections), []).append(rate)
    report(results, len(page))


def report(results, length):
    say(f"\n{f'{length:,} bytes, gzip':28} {'connections':>11} {'req/s':>8} {'a file = 1':>10}")
    for (name, connections), rates in results.items():
        # Pairs of one round: a machine that changes its speed changes it for both.
        ratios = [r / f for r, f in zip(rates, results["a file", connections], strict=True)]
        rate, ratio = statistics.median(rates), statistics.median(ratios)
        say(f"{name:28} {connections:11} {rate:8.0f} {ratio:10.2f}")


if __name__ == "__main__":
    main()
