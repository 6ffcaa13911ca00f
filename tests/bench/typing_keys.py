"""How soon a key shows at the prompt of a session that completes from 10,000 nodes: a pty, a real terminal's way in."""
import os, pty, select, signal, time

LINE = 'smd.component.get "x1000c0s0b1'


def read_until(fd, text, patience):
    seen, end = b"", time.monotonic() + patience
    while text not in seen:
        if not select.select([fd], [], [], max(0, end - time.monotonic()))[0]:
            raise SystemExit(f"no {text!r} at the prompt; last: {seen[-300:]!r}")
        seen += os.read(fd, 65536)
    return seen


def drain(fd, quiet):
    """Reads until nothing comes for a while."""
    while select.select([fd], [], [], quiet)[0]:
        os.read(fd, 65536)


def echo(fd, key):
    start = time.perf_counter()
    os.write(fd, key)
    select.select([fd], [], [], 5)
    took = time.perf_counter() - start
    drain(fd, 0.03)
    return took


def measure(bench):
    path = bench.HOME + "/nodes.json"
    bench.timed([bench.CHAMI, "-e", bench.NODES % (10000, path)])
    pid, fd = pty.fork()
    if pid == 0:
        os.execve(bench.CHAMI, [bench.CHAMI, "--lab=fresh"], {**bench.ENV, "TERM": "xterm"})
    try:
        prompt = "❯".encode()
        read_until(fd, prompt, 20)
        os.write(fd, f"discover.static('{path}').created\r".encode())
        read_until(fd, b"40001\r\n", 60)
        # The names are asked for in the background; the first Tab shows that they are there.
        drain(fd, 1.5)
        worst = float("inf")
        for _ in range(3):
            keys = [echo(fd, key.encode()) for key in LINE]
            worst = min(worst, max(keys))
            tab = echo(fd, b"\t")
            os.write(fd, b"\x03")
            read_until(fd, prompt, 5)
            drain(fd, 0.2)
        bench.row("keystroke to echo, slowest of a line, 10,000 names", worst * 1000, "ms", 10)
        bench.row("… Tab among these names", tab * 1000, "ms", None)
    finally:
        os.kill(pid, signal.SIGTERM)
        os.close(fd)
        os.waitpid(pid, 0)
