"""Write requirements.lock and requirements-dev.lock from pyproject.toml (``make lock``).

uv resolves once for every Python and platform that pyproject.toml names. Its own lock ties a
project to one server's addresses, so it is not kept: the two files written here hold names,
versions and hashes only. Above each pin stand the names of its files, in the order of the
hashes, so that a test can read what the lock offers to Windows without asking anybody.

Pins that still satisfy pyproject.toml stay as they are; ``--upgrade`` takes the newest.
Only wheels for the systems Loket runs on are listed; a package that lacks one is refused, because
its installation would run a build on the counter's machine. The packages of BUILT are the named
exceptions: their makers offer no wheel for Linux, so their source is listed beside the wheels.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import parse_wheel_filename

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = ((3, 11), (3, 12), (3, 13))
GLIBC = 36  # Debian 12 ships glibc 2.36
HEADER = (
    "# Written by `make lock` from pyproject.toml; do not edit.\n"
    "# Above each pin: its files, in the order of their hashes.\n"
)
BUILT = frozenset({"pyscard"})
CPYTHON = "platform_python_implementation == 'CPython'"


def platforms() -> list[str]:
    """The platform tags of the machines that Loket is installed on."""
    linux = [
        f"{name}_{machine}"
        for machine in ("x86_64", "aarch64")
        for name in (
            *(f"manylinux_2_{minor}" for minor in range(GLIBC, 4, -1)),
            "manylinux2014",
            "manylinux2010",
            "manylinux1",
            "linux",
        )
    ]
    return ["win_amd64", *linux]


def accepted_tags() -> frozenset[Tag]:
    """Every wheel tag that one of our Pythons on one of our platforms installs."""
    places = platforms()

    def tags() -> Iterator[Tag]:
        for version in PYTHONS:
            short = f"cp{version[0]}{version[1]}"
            yield from cpython_tags(version, abis=[short], platforms=places)
            yield from compatible_tags(version, interpreter=short, platforms=places)

    return frozenset(tags())


def compile_with_uv(folder: Path, out: str, *options: str) -> None:
    """Let uv resolve the copy of pyproject.toml in `folder`."""
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or "uv"
    subprocess.run(
        [
            *(uv, "pip", "compile", "pyproject.toml", "--universal", "--quiet"),
            *("--python-version", f"{PYTHONS[0][0]}.{PYTHONS[0][1]}"),
            *("--no-emit-index-url", "--no-annotate", "--no-header"),
            *("-o", out, *options),
        ],
        cwd=folder,
        check=True,
        env={**os.environ, "UV_PYTHON_DOWNLOADS": "never", "UV_PYTHON": sys.executable},
    )


def plain_marker(marker: str) -> str:
    """The marker without the clause that holds for each of our environments."""
    text = marker.replace(f" and {CPYTHON}", "")
    return re.sub(rf"^{re.escape(CPYTHON)}(?: and )?", "", text)


def requirement(package: dict[str, Any], accepted: frozenset[Tag]) -> str:
    """One pin with its file names and hashes."""
    files: list[tuple[str, str]] = []
    for wheel in package.get("wheels", ()):
        name = wheel.get("name") or unquote(PurePosixPath(urlsplit(wheel["url"]).path).name)
        if parse_wheel_filename(name)[3] & accepted:
            files.append((name, wheel["hashes"]["sha256"]))
    if package["name"] in BUILT:
        source = package["sdist"]
        name = source.get("name") or unquote(PurePosixPath(urlsplit(source["url"]).path).name)
        files.append((name, source["hashes"]["sha256"]))
    if not files:
        sys.exit(f"{package['name']} {package['version']} has no wheel for any of our systems")
    files.sort()
    marker = plain_marker(package.get("marker", ""))
    return "".join(
        (
            *(f"# {name}\n" for name, _ in files),
            f"{package['name']}=={package['version']}",
            f" ; {marker}" if marker else "",
            *(f" \\\n    --hash=sha256:{digest}" for _, digest in files),
            "\n",
        )
    )


def write_lock(pylock: Path, target: Path, accepted: frozenset[Tag]) -> int:
    """Turn uv's answer into a lock that pip reads; the count of packages comes back."""
    packages = tomllib.loads(pylock.read_text("utf-8"))["packages"]
    body = "".join(requirement(package, accepted) for package in packages)
    target.write_text(HEADER + body, "utf-8", newline="\n")
    return len(packages)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--upgrade", action="store_true", help="take the newest of everything")
    arguments = parser.parse_args()
    accepted = accepted_tags()
    with tempfile.TemporaryDirectory(prefix="loket-lock-") as name:
        folder = Path(name)
        shutil.copy(ROOT / "pyproject.toml", folder)
        everything = ROOT / "requirements-dev.lock"
        if everything.exists() and not arguments.upgrade:
            shutil.copy(everything, folder / "pins.txt")
        compile_with_uv(folder, "pins.txt", "--group", "dev")
        for lock, options in (
            ("requirements-dev.lock", ("--group", "dev")),
            ("requirements.lock", ()),
        ):
            answer = f"pylock.{Path(lock).stem}.toml"
            compile_with_uv(folder, answer, "--format", "pylock.toml", "-c", "pins.txt", *options)
            count = write_lock(folder / answer, ROOT / lock, accepted)
            sys.stdout.write(f"{lock}: {count} packages\n")


if __name__ == "__main__":
    main()
