"""A child process whose generator wants to reach another machine, in the ways that libraries do."""

import socket
import urllib.request
from pathlib import Path
from typing import Any

from aigc_desktop.engine import child, registry

ADDRESS = "192.0.2.1"  # set aside for documentation: nobody has it
HOST = "models.example.org"


class Reaching:
    """Stands where a generator's module stands; how it tries is how many pictures are wanted."""

    @staticmethod
    def create(folder: Path, params: Any, run: Any) -> None:
        if params.count == 1:
            socket.create_connection((ADDRESS, 80), 1)
        elif params.count == 2:
            urllib.request.urlopen(f"http://{HOST}/weights")  # tells of it in an error of its own
        elif params.count == 3:
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        raise ValueError(f"an address is no secret: {socket.getaddrinfo(ADDRESS, 80)[0][4][0]}")


def main(connection: Any, settings: dict[str, Any]) -> None:
    """What a Worker's process runs, with that generator."""
    registry.model = lambda id: Reaching  # type: ignore[assignment]
    child.main(connection, settings)
