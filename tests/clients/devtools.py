"""Chromium without a window, led through its debugging pipe: what a page asks for, what fails, what its console says, and what it
looks like."""

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time

from server import pixels

PATIENCE_S = 120


class Page:
    """A page of a size; everything that happens on it is kept in `events`."""

    def __init__(self, width, height, *arguments):
        program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        if program is None:
            sys.exit("no Chromium")
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        command = [
            program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--force-device-scale-factor=1",
            "--force-color-profile=srgb", f"--user-data-dir={self.folder.name}/profile", "--remote-debugging-pipe", *arguments,
        ]
        # Chromium reads commands from descriptor 3 and writes answers to 4.
        to_browser, self.commands = os.pipe()
        self.answers, from_browser = os.pipe()

        def descriptors():
            low, high = os.dup(to_browser), os.dup(from_browser)
            os.dup2(low, 3)
            os.dup2(high, 4)

        self.process = subprocess.Popen(
            command, preexec_fn=descriptors, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": self.folder.name},
        )
        os.close(to_browser)
        os.close(from_browser)
        self.rest, self.events, self.number, self.session = b"", [], 0, None
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        for domain in ("Network", "Log", "Runtime", "Page"):
            self.ask(f"{domain}.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()

    def messages(self, seconds):
        """What Chromium says within a time, as far as it has."""
        if not select.select([self.answers], [], [], seconds)[0]:
            return []
        data = os.read(self.answers, 1 << 20)
        if not data:
            sys.exit("Chromium has ended")
        *whole, self.rest = (self.rest + data).split(b"\0")
        found = [json.loads(text) for text in whole]
        self.events += [message for message in found if "method" in message]
        return found

    def ask(self, method, **parameters):
        """A command's answer."""
        self.number += 1
        command = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            command["sessionId"] = self.session
        os.write(self.commands, json.dumps(command).encode() + b"\0")
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            for message in self.messages(0.2):
                if message.get("id") == self.number:
                    if "error" in message:
                        sys.exit(f"{method}: {message['error']}")
                    return message["result"]
        sys.exit(f"Chromium does not answer {method}")

    def value(self, expression):
        """A value of the page."""
        found = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in found:
            sys.exit(f"{expression}: {found['exceptionDetails']}")
        return found["result"].get("value")

    def until(self, expression, what):
        """Waits until something holds of the page."""
        end = time.monotonic() + PATIENCE_S
        while not self.value(expression):
            if time.monotonic() > end:
                sys.exit(f"waited in vain until {what}\n" + "\n".join(self.faults()))
            self.messages(0.05)

    def open(self, url):
        self.ask("Page.navigate", url=url)
        self.until("document.readyState === 'complete' && location.href !== 'about:blank'", f"{url} is open")

    def click(self, expression):
        self.value(f"({expression}).click()")

    def screenshot(self, path=None):
        """What the page shows, height x width x 4."""
        data = base64.b64decode(self.ask("Page.captureScreenshot", format="png")["data"])
        if path:
            path.write_bytes(data)
        return pixels(data)

    def parameters(self, method):
        return [event["params"] for event in self.events if event["method"] == method]

    def asked(self):
        """The addresses that the page asked for."""
        return [event["request"]["url"] for event in self.parameters("Network.requestWillBeSent")]

    def faults(self):
        """Requests that failed or were refused, and what the console complains of."""
        found = [f"failed: {event['errorText']} {event.get('blockedReason', '')}" for event in self.parameters("Network.loadingFailed") if not event.get("canceled")]
        answers = [event["response"] for event in self.parameters("Network.responseReceived")]
        found += [f"{answer['status']} {answer['url']}" for answer in answers if answer["status"] >= 400]
        entries = [event["entry"] for event in self.parameters("Log.entryAdded")]
        found += [f"console: {entry['text']} {entry.get('url', '')}" for entry in entries if entry["level"] in ("error", "warning")]
        found += [f"console: {event['args']}" for event in self.parameters("Runtime.consoleAPICalled") if event["type"] in ("error", "warning", "assert")]
        return found + [f"exception: {event['exceptionDetails']}" for event in self.parameters("Runtime.exceptionThrown")]
