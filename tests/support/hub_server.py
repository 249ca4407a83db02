"""Hub server: a stand-in for the Hugging Face hub, with the models of a folder."""

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Hub:
    """Where the hub is, what it has by hub id, the paths that it was asked for, and by whom."""

    url: str
    models: dict[str, Path]
    asked: list[str] = field(default_factory=list)
    user_agents: set[str] = field(default_factory=set)
    status: int = 200

    def env(self, cache: Path) -> dict[str, str]:
        """The environment of a process that knows this hub alone, with an empty cache."""
        return {
            "HF_ENDPOINT": self.url,
            "HF_HOME": str(cache),
            "HF_HUB_OFFLINE": "0",
            "HF_HUB_DISABLE_XET": "1",
        }


@contextmanager
def hub_server(models: Mapping[str, Path]) -> Iterator[Hub]:
    """Serve these folders by hub id."""
    hub = Hub("", dict(models))

    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(with_body=True)

        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def log_message(self, *_: Any) -> None:
            pass

        def _answer(self, *, with_body: bool) -> None:
            hub.asked.append(self.path)
            hub.user_agents.add(self.headers["User-Agent"])
            status, body, headers = _outcome(hub, self.path.partition("?")[0])
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            if with_body:
                self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    hub.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()


def _outcome(hub: Hub, path: str) -> tuple[int, bytes, dict[str, str]]:
    if hub.status == 403:
        return 403, b"{}", {"X-Error-Code": "GatedRepo"}
    for hub_id, folder in hub.models.items():
        files = sorted(file for file in folder.iterdir() if file.is_file())
        if f"{path}/".startswith(f"/api/models/{hub_id}/"):
            sizes = [{"rfilename": file.name, "size": file.stat().st_size} for file in files]
            card = {"id": hub_id, "modelId": hub_id, "sha": COMMIT, "siblings": sizes}
            if "/tree/" in path:
                tree = [
                    {"type": "file", "path": file.name, "size": file.stat().st_size, "oid": "0"}
                    for file in files
                ]
                return 200, json.dumps(tree).encode(), {"Content-Type": "application/json"}
            return 200, json.dumps(card).encode(), {"Content-Type": "application/json"}
        if path.startswith(f"/{hub_id}/resolve/"):
            file = folder / path.rpartition("/")[2]
            if file in files:
                data = file.read_bytes()
                etag = f'"{hashlib.sha256(data).hexdigest()}"'
                return 200, data, {"ETag": etag, "X-Repo-Commit": COMMIT}
    return 404, b"{}", {"X-Error-Code": "RepoNotFound"}
