"""``make bench``, second half: stories with 0 to 2,000 comments, and 16 readers writing at once.

Reading: the targets are asked in turn, as in bench/pages.py. Writing: each of 16 clients sends
its comments one after another, every one from a network of its own; afterwards the rows are
counted, so that a "received" without a row, or two rows for one, is seen.
"""

import http.client
import os
import re
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from statistics import median
from urllib.parse import urlencode

from bench.archives import HOST, ROOT, WORK, environment, manage, say
from bench.pages import ROUNDS, measure, serving
from mmul.server import granian
from tests import postgres

SIZES = (0, 20, 200, 2000)
CLIENTS, EACH = 16, 25
PORT = 8110
FILL = """
from articles.models import Article
from mmul.demo import crowd
stories = list(Article.objects.newest_first()[:4])
crowd.write([[story, count] for story, count in zip(stories, {sizes}) if count])
print(" ".join(story.get_absolute_url() for story in stories))
"""
COUNT = """
from comments.models import ReaderComment
rows = ReaderComment.objects.filter(user_email__endswith="@bench.example")
print(rows.count(), rows.values("user_email").distinct().count())
"""


def settings(url):
    """Behind a trusted proxy, so that every comment may come from a network of its own."""
    return environment(0, DATABASE_URL=url, MMUL_TRUSTED_PROXIES="127.0.0.1")


def shell(env, script):
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", script]
    return subprocess.run(
        command, cwd=ROOT, env=env, check=True, capture_output=True, text=True
    ).stdout.split()


def prepare(env):
    manage(env, "collectstatic", "--noinput", "--verbosity", "0")
    manage(env, "migrate", "--verbosity", "0")
    manage(env, "demo", "--articles", "50")
    return shell(env, FILL.format(sizes=list(SIZES)))


def reading(env, addresses):
    with serving(granian(PORT), env, PORT, "/healthz") as pid:
        results = {size: [] for size in SIZES}
        for number in range(ROUNDS + 1):
            for size, path in zip(SIZES, addresses, strict=True):
                result = measure(pid, PORT, path)
                if number:
                    results[size].append(result)
    say(f"\n{'story with comments':28} {'req/s':>8} {'median ms':>10} {'CPU ms':>8}")
    for size, rounds in results.items():
        figures = (median(r[key] for r in rounds) for key in ("rps", "median_ms", "cpu_ms"))
        say("{:<28} {:8.0f} {:10.2f} {:8.2f}".format(size, *figures))


def form_of(connection, path):
    """The hidden fields of the form under a story."""
    connection.request("GET", path, headers={"Host": HOST})
    page = connection.getresponse().read().decode()
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: value for name, value in fields if name in ("story", "form")}


def send(connection, form, text, who, address):
    """Send a comment as a browser would; True if it was taken."""
    body = urlencode(form | {"comment": text, "name": "Lettore", "email": who, "wants": "none"})
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Host": HOST,
        "X-Forwarded-For": address,
    }
    connection.request("POST", "/commenti/", body, headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status == 302


def client(number, form, taken):
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    for n in range(EACH):
        who = f"r{number}x{n}@bench.example"
        text = f"Il commento {n} del lettore {number}."
        if send(connection, form, text, who, f"10.{number}.{n}.1"):
            taken.append(who)
    connection.close()


def writing(name, env, address):
    with serving(granian(PORT), env, PORT, "/healthz"):
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
        form, taken = form_of(connection, address), []
        connection.close()
        threads = [threading.Thread(target=client, args=(n, form, taken)) for n in range(CLIENTS)]
        start = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = time.perf_counter() - start
    rows, people = map(int, shell(env, COUNT))
    lost, doubled = len(set(taken)) - people, rows - people
    say(
        f"{name:12} {len(taken):5} of {CLIENTS * EACH} accepted, {len(taken) / seconds:6.0f} a "
        f"second, {lost} lost, {doubled} doubled"
    )


@contextmanager
def databases():
    """Yield ``{name: address}`` of fresh databases; PostgreSQL only where there is one."""
    file = WORK / "discussions.sqlite3"
    for stale in WORK.glob("discussions.sqlite3*"):
        stale.unlink()
    urls = {"SQLite": f"sqlite:///{file}"}
    with postgres.server() as url:
        if url:
            command = ["-c", f"import psycopg; c = psycopg.connect({url!r}, autocommit=True); "]
            command[1] += "c.execute('DROP DATABASE IF EXISTS mmul_bench'); "
            command[1] += "c.execute('CREATE DATABASE mmul_bench')"
            subprocess.run([sys.executable, *command], check=True)
            urls["PostgreSQL"] = url.rpartition("/")[0] + "/mmul_bench"
        else:
            say("PostgreSQL: none found, its figures are left out")
        yield urls


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    with databases() as urls:
        for name, url in urls.items():
            env = settings(url)
            addresses = prepare(env)
            if name == "SQLite":
                reading(env, addresses)
                say(f"\n{CLIENTS} readers write at once, {EACH} comments each:")
            writing(name, env, addresses[0])


if __name__ == "__main__":
    os.chdir(ROOT)
    main()
