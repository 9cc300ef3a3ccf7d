"""A small load generator: keep-alive connections, one process, latencies of every answer."""

import json
import socket
import sys
import threading
import time

from bench.archives import HOST


def ask(connection, request):
    """Send one request and read one whole answer; return its head in lower case."""
    connection.sendall(request)
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536) or fail("the server closed the connection")
    head, _, body = data.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        fail(head.splitlines()[0].decode())
    head = head.lower()
    length = next(
        int(line.split(b":")[1]) for line in head.splitlines() if b"content-length" in line
    )
    got = len(body)
    while got < length:
        got += len(connection.recv(262144))
    return head


def fail(why):
    raise SystemExit(f"load: {why}")


def client(address, path, until, times):
    request = f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
    with socket.create_connection(address) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while time.perf_counter() < until:
            start = time.perf_counter()
            ask(connection, request)
            times.append(time.perf_counter() - start)


def main(port, path, seconds, connections):
    times = []
    until = time.perf_counter() + seconds
    threads = [
        threading.Thread(target=client, args=(("127.0.0.1", port), path, until, times))
        for _ in range(connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times.sort()
    return {"answers": len(times), "median_ms": times[len(times) // 2] * 1000}


if __name__ == "__main__":
    port, path, seconds, connections = sys.argv[1:]
    print(json.dumps(main(int(port), path, float(seconds), int(connections))))  # noqa: T201
