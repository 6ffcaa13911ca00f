"""How fast the lab hands out boot scripts and meta-data, and how fast boot parameters are written for a whole set.

Load comes from wrk, over kept connections on loopback. The slow peer is the lab behind a proxy that takes as long for
each request as the real BSS does for a write.
"""
import contextlib, http.client, http.server, os, pathlib, re, shutil, socketserver, subprocess, sys, threading, time

NODES = 1000
PAUSE = 0.019
SINGLY = 40  # nodes written one after another; what all would take is reckoned from them


@contextlib.contextmanager
def lab(bench):
    """A served lab with discovered nodes: its URL."""
    server = subprocess.Popen(
        [bench.CHAMI, "lab", "serve", "--http", "0", "--https", "0", "--auth", "off", "--state", bench.HOME + "/serving"],
        env=bench.ENV, stdout=subprocess.PIPE, text=True)
    try:
        url = server.stdout.readline().split()[1]
        path = bench.HOME + "/serving.json"
        bench.timed([bench.CHAMI, "-e", bench.NODES % (NODES, path)])
        ask(bench, url, f"discover.static('{path}')")
        # cloud-init hears of it with its next reading of SMD
        ask(bench, url, f"http.post('{url}/lab/v1/clock', {{ json = {{ advance = 60 }} }})")
        yield url
    finally:
        server.terminate()
        server.wait(timeout=20)


def ask(bench, url, code, runs=1):
    """Seconds that a one-liner on that target takes."""
    return bench.timed([bench.CHAMI, "-u", url, "--no-token", "-e", f"{code} return true"], runs)[0]


def load(bench, url, paths):
    """Answers per second when `paths` are asked in turns over kept connections; each must be good."""
    script = pathlib.Path(bench.HOME, "paths.lua")
    quoted = ", ".join(f'"{path}"' for path in paths)
    script.write_text(f"local paths, i = {{ {quoted} }}, 0\n"
                      "request = function() i = i % #paths + 1 return wrk.format('GET', paths[i]) end\n")
    best = 0
    for _ in range(3):
        done = subprocess.run(["wrk", "-t1", "-c16", "-d3s", "-s", script, url], capture_output=True, text=True)
        if done.returncode != 0 or "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
            sys.exit(f"wrk: {done.stdout}{done.stderr}")
        best = max(best, float(re.search(r"Requests/sec:\s*([\d.]+)", done.stdout)[1]))
    return best


class Slow(http.server.BaseHTTPRequestHandler):
    """Hands each request on after a pause."""
    protocol_version = "HTTP/1.1"
    target = ""

    def pass_on(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        time.sleep(PAUSE)
        line = http.client.HTTPConnection(self.target)
        line.request(self.command, self.path, body, {k: v for k, v in self.headers.items() if k.lower() != "host"})
        answer = line.getresponse()
        text = answer.read()
        line.close()
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = pass_on

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def slow(url):
    handler = type("To", (Slow,), {"target": url.removeprefix("http://")})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


FIELDS = '{ kernel = "http://s3/vmlinuz-%s", initrd = "http://s3/initrd", params = "ip=dhcp" }'
AT_ONCE = f'bss.boot.params.set("@compute", {FIELDS})'
IN_TURN = f'for i = 1, {SINGLY} do bss.boot.params.set(i, {FIELDS % "single"}) end'


def writing(bench, url):
    here = ask(bench, url, "smd.service.status()", 5)
    whole = min(ask(bench, url, AT_ONCE % run) for run in range(5))
    bench.row(f"bss.boot.params.set of {NODES:,} nodes", whole - here, "s", 0.3)
    with slow(url) as peer:
        start = ask(bench, peer, "smd.service.status()", 3)
        at_once = min(ask(bench, peer, AT_ONCE % f"slow{run}") for run in range(3)) - start
        in_turn = (ask(bench, peer, IN_TURN) - start) / SINGLY * NODES
    note = f"{at_once * 1000:.0f} ms; in turn {in_turn:.0f} s, reckoned from {SINGLY} nodes: {in_turn / at_once:.0f} times"
    bench.row("the same with a peer of 19 ms a request, against nodes in turn", at_once / in_turn, "×", 1 / 8, note, ratio=True)


def serving(bench, url):
    if not shutil.which("wrk"):
        if os.environ.get("CHAMI_TESTS_COMPLETE") == "1":
            sys.exit("wrk is not installed (tests/run --install does it)")
        print("SKIPPED: answers per second, which wrk measures; it is not installed")
        return
    macs = [f"52:54:00:00:{n // 256:02x}:{n % 256:02x}" for n in range(NODES)]
    scripts = load(bench, url, [f"/boot/v1/bootscript?mac={mac}" for mac in macs])
    bench.at_least("boot scripts from the lab", scripts, "/s", 10_000, f"wrk -t1 -c16, {NODES:,} nodes in turns")
    xnames = [f"x{1000 + n // 512}c{n // 64 % 8}s{n // 2 % 32}b{n % 2}n0" for n in range(NODES)]
    data = load(bench, url, [f"/cloud-init/admin/impersonation/{xname}/meta-data" for xname in xnames])
    bench.at_least("impersonated meta-data from the lab", data, "/s", 10_000, f"wrk -t1 -c16, {NODES:,} nodes in turns")


def measure(bench):
    with lab(bench) as url:
        writing(bench, url)
        serving(bench, url)
