"""Web pages in headless Chromium: served from a port of their own, as a Dash page would be, and looked at as a picture."""

import http.server
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import picture
from server import pixels

SIDE = 512


class Pages:
    """Serves texts and files by name on a port of 127.0.0.1."""

    def __init__(self, content):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                found = content.get(self.path.lstrip("/"))
                body = found.read_bytes() if isinstance(found, Path) else (found or "").encode()
                self.send_response(200 if found is not None else 404)
                kinds = {"js": "text/javascript", "css": "text/css", "html": "text/html; charset=utf-8"}
                self.send_header("Content-Type", kinds.get(self.path.rsplit(".", 1)[-1], "application/octet-stream"))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"


def screenshot(url, width=SIDE, height=SIDE):
    """What Chromium shows, height x width x 4."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        sys.exit("no Chromium")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "page.png"
        command = [
            program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
            "--force-device-scale-factor=1", "--force-color-profile=srgb", "--no-first-run", "--disable-background-networking",
            f"--user-data-dir={folder}/profile", f"--window-size={width},{height + 200}", "--virtual-time-budget=20000",
            f"--screenshot={out}", url,
        ]
        environment = {**os.environ, "HOME": folder}
        done = subprocess.run(command, capture_output=True, text=True, timeout=240, env=environment)
        if not out.exists():
            sys.exit(f"Chromium took no picture of {url}\n{done.stderr[-2000:]}")
        return pixels(out.read_bytes())[:height, :width]


def check(title, url, cog, crs, bbox):
    """Looks at a page; once more where it is wrong, for Chromium's clock may end before the last tile is drawn."""
    for attempt in range(3):
        try:
            return picture.check(title, screenshot(url), cog, crs, bbox)
        except SystemExit:
            if attempt == 2:
                raise
