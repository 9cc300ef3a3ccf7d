"""deploy/nginx/mmul.conf made to run in a folder of its own: what is tested is what is shipped.

Only places are changed: folders, ports, certificate. A word that is not in the file any more stops
here, so that nothing is left out in silence.
"""

import os
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = ROOT / "deploy" / "nginx"
MODULES = Path("/usr/lib/nginx/modules")
BROTLI = MODULES / "ngx_http_brotli_static_module.so"
# As Debian's own nginx.conf, gzip included; in the foreground, in one folder.
AROUND = """
{module}
{user}
daemon off;
worker_processes 2;
pid {folder}/nginx.pid;
error_log {folder}/log/main.log notice;
events {{ worker_connections 768; }}
http {{
    sendfile on;
    tcp_nopush on;
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    gzip on;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {more}
    include {folder}/mmul.conf;
}}
"""


def nginx():
    """Return the path of nginx, or None; Debian keeps it where only root looks."""
    return shutil.which("nginx", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"]))


def render(folder, application, *, port, tls_port, more=""):
    """Write the shipped files to ``folder``, for an application on the port ``application``.

    ``more`` is put inside the http block. Return the path of the main file.
    """
    for name in ("log", "state", "tls", "snippets"):
        (folder / name).mkdir(exist_ok=True)
    text = (SHIPPED / "mmul.conf").read_text(encoding="utf-8")
    for shipped, ours in {
        "127.0.0.1:8000": f"127.0.0.1:{application}",
        "/var/lib/mmul": f"{folder}/state",
        "/var/cache/mmul-nginx": f"{folder}/kept",
        "/var/log/nginx": f"{folder}/log",
        "/etc/mmul/tls": f"{folder}/tls",
        "/opt/mmul": str(ROOT),
        "listen [::]:": "# listen [::]:",
        "listen 80": f"listen 127.0.0.1:{port}",
        "listen 443": f"listen 127.0.0.1:{tls_port}",
    }.items():
        assert shipped in text, f"{shipped} is not in mmul.conf any more"  # noqa: S101
        text = text.replace(shipped, ours)
    if not BROTLI.exists():
        text = text.replace("brotli_static on;", "")
    (folder / "mmul.conf").write_text(text, encoding="utf-8")
    shutil.copy(SHIPPED / "mmul-headers.conf", folder / "snippets")
    main = folder / "nginx.conf"
    main.write_text(around(folder, more), encoding="utf-8")
    return main


def around(folder, more):
    return AROUND.format(
        folder=folder,
        more=more,
        module=f"load_module {BROTLI};" if BROTLI.exists() else "",
        user="user root root;" if os.geteuid() == 0 else "",
    )


def make_certificate(folder, *names):
    """A certificate signed by itself, as on the first day of a server (docs/operations.md)."""
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-days", "30", "-subj", f"/CN={names[0]}"]
    command += ["-addext", "subjectAltName=" + ",".join(f"DNS:{name}" for name in names)]
    files = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run([*command, *files], check=True, capture_output=True)


def running(main, port):
    """Run nginx with the file ``main`` until the block ends; it listens when the block begins."""
    return started([nginx(), "-c", str(main)], port)


@contextmanager
def started(command, port, **more):
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, **more)
    try:
        wait_for(port, process)
        yield process.pid
    finally:
        process.terminate()
        process.wait(20)


def wait_for(port, process, seconds=20):
    for _ in range(seconds * 50):
        if process.poll() is not None:
            raise RuntimeError(f"{process.args[0]} ended with status {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"nobody listens on port {port}")
