"""The set-up's promises: whole locks, Windows too, a quick second run, a thin main.py."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import canonicalize_name, parse_sdist_filename, parse_wheel_filename

import main
from desktop.version import VERSION

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock")
PYTHONS = ((3, 11), (3, 12), (3, 13))
BUILT = {"pyscard"}  # no wheels for Linux; everything else is never built on a user's machine


@dataclass(frozen=True, slots=True)
class Pin:
    """One package of a lock: its requirement, its files and their hashes."""

    requirement: Requirement
    files: tuple[str, ...]
    hashes: tuple[str, ...]

    @property
    def wheels(self) -> list[str]:
        return [file for file in self.files if file.endswith(".whl")]

    @property
    def version(self) -> str:
        (specifier,) = self.requirement.specifier
        assert specifier.operator == "=="
        return specifier.version

    def wanted_on(self, system: str, python: tuple[int, int]) -> bool:
        """Whether the pin's marker holds there."""
        marker = self.requirement.marker
        environment = {
            "sys_platform": system,
            "platform_system": {"win32": "Windows", "linux": "Linux"}[system],
            "platform_machine": {"win32": "AMD64", "linux": "x86_64"}[system],
            "os_name": {"win32": "nt", "linux": "posix"}[system],
            "python_version": f"{python[0]}.{python[1]}",
            "python_full_version": f"{python[0]}.{python[1]}.9",
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
        }
        return marker is None or marker.evaluate(environment)


def pins(lock: str) -> list[Pin]:
    """The lock as pip reads it, with the file names from its comments."""
    found: list[Pin] = []
    files: list[str] = []
    for line in (ROOT / lock).read_text("utf-8").replace("\\\n", " ").splitlines():
        if line.startswith("# ") and line.endswith((".whl", ".tar.gz")):
            files.append(line[2:])
        elif line and not line.startswith("#"):
            text, *hashes = re.split(r"\s+--hash=", line)
            found.append(Pin(Requirement(text), tuple(files), tuple(h.strip() for h in hashes)))
            files = []
    return found


def windows_tags(python: tuple[int, int]) -> frozenset[Tag]:
    short = f"cp{python[0]}{python[1]}"
    return frozenset(
        (
            *cpython_tags(python, abis=[short], platforms=["win_amd64"]),
            *compatible_tags(python, interpreter=short, platforms=["win_amd64"]),
        )
    )


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_pins_everything_by_hash_and_names_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert not re.search(r"https?:|://|@ |--index|--find-links|--extra", text)
    assert pins(lock)
    for pin in pins(lock):
        assert pin.hashes, pin.requirement.name
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", h) for h in pin.hashes)
        assert len(pin.files) == len(pin.hashes), pin.requirement.name


@pytest.mark.parametrize("lock", LOCKS)
def test_each_file_of_the_lock_belongs_to_its_pin(lock: str) -> None:
    for pin in pins(lock):
        for file in pin.files:
            if file.endswith(".whl"):
                name, version, _, _ = parse_wheel_filename(file)
            else:
                assert pin.requirement.name in BUILT
                name, version = parse_sdist_filename(file)
            assert name == canonicalize_name(pin.requirement.name)
            assert str(version) == pin.version


@pytest.mark.parametrize("python", PYTHONS, ids=str)
@pytest.mark.parametrize("lock", LOCKS)
def test_lock_installs_on_windows_x64(lock: str, python: tuple[int, int]) -> None:
    accepted = windows_tags(python)
    lacking = [
        pin.requirement.name
        for pin in pins(lock)
        if pin.wanted_on("win32", python)
        and not any(parse_wheel_filename(file)[3] & accepted for file in pin.wheels)
    ]
    assert lacking == []


def test_run_lock_is_part_of_the_dev_lock() -> None:
    everything = {(pin.requirement.name, pin.version) for pin in pins("requirements-dev.lock")}
    run = {(pin.requirement.name, pin.version) for pin in pins("requirements.lock")}
    assert run < everything


def test_locks_hold_what_pyproject_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    run, dev = project["project"]["dependencies"], project["dependency-groups"]["dev"]
    for lock, wanted in (("requirements.lock", run), ("requirements-dev.lock", run + dev)):
        locked = {canonicalize_name(pin.requirement.name): pin.version for pin in pins(lock)}
        for text in wanted:
            requirement = Requirement(text)
            version = locked.get(canonicalize_name(requirement.name))
            assert version is not None, f"{requirement.name} is not in {lock}: run make lock"
            assert requirement.specifier.contains(version, prereleases=True), requirement.name


def test_uv_lock_is_not_kept() -> None:
    assert "uv.lock" in (ROOT / ".gitignore").read_text("utf-8").splitlines()
    listed = subprocess.run(
        ["git", "ls-files", "uv.lock"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert listed.stdout == ""


PICTURES = (".bmp", ".gif", ".heic", ".ico", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")


def test_no_private_key_and_no_photograph_is_kept() -> None:
    """What is in a repository once is in it for ever. The faces of tests/files/cards are drawn."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    names = [name for name in listed.stdout.split("\0") if name]
    assert len(names) > 1000
    pictures = {name for name in names if name.lower().endswith(PICTURES)}
    assert {Path(name).parent.as_posix() for name in pictures} == {"tests/files/cards"}
    assert not [name for name in names if Path(name).suffix in {".key", ".p12", ".pem", ".pfx"}]
    begins = b"-----BEGIN %s"
    armour = [begins % kind for kind in (b"PRIVATE", b"RSA P", b"EC P", b"OPENSSH", b"ENCRYPTED")]
    held = [(ROOT / name).read_bytes() for name in names if (ROOT / name).is_file()]
    assert not [one for one in held if any(each in one for each in armour)]


@pytest.mark.network
@pytest.mark.timeout(900)
@pytest.mark.parametrize("python", PYTHONS, ids=str)
def test_pip_finds_every_file_for_windows(tmp_path: Path, python: tuple[int, int]) -> None:
    """pip judges markers by the machine it runs on, so the lines for Windows are chosen here."""
    wanted = tmp_path / "windows.txt"
    wanted.write_text(
        "".join(
            f"{pin.requirement.name}=={pin.version} "
            + " ".join(f"--hash={digest}" for digest in pin.hashes)
            + "\n"
            for pin in pins("requirements-dev.lock")
            if pin.wanted_on("win32", python)
        ),
        "utf-8",
    )
    version = f"{python[0]}.{python[1]}"
    answer = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--dry-run", "--quiet"),
            *("--ignore-installed", "--no-deps", "--require-hashes"),
            *("--only-binary", ":all:", "--platform", "win_amd64"),
            *("--implementation", "cp", "--python-version", version),
            "--ignore-requires-python",  # pip holds it against the Python that it runs on itself
            *("--target", str(tmp_path / "site"), "--report", str(tmp_path / "report.json")),
            *("-r", str(wanted)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    found = json.loads((tmp_path / "report.json").read_text("utf-8"))["install"]
    assert len(found) == len(wanted.read_text("utf-8").splitlines())
    for file in (one["metadata"] for one in found):
        needs = SpecifierSet(file.get("requires_python", ""))
        assert needs.contains(f"{version}.0"), file["name"]


def test_main_imports_only_ui_desktop_and_the_standard_library() -> None:
    """import-linter takes no module as a root, so main.py is guarded here."""
    tree = ast.parse((ROOT / "main.py").read_text("utf-8"))
    allowed = {"ui", "desktop", *sys.stdlib_module_names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert all(alias.name.partition(".")[0] in allowed for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            assert (node.module or "").partition(".")[0] in allowed


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main.main(["--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    for command in ("run", "screenshots", "demo", "journal", "portal", "seal", "centre", "bench"):
        assert re.search(rf"^    {command} +[a-z]", told, re.MULTILINE), command


posix_only = pytest.mark.skipif(os.name != "posix", reason=".ci/setup is for Debian and Ubuntu")


def run_setup(venv: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", ".ci/setup", *options],
        cwd=ROOT,
        env={**os.environ, "VENV": str(venv), "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )


def fake_venv(folder: Path) -> Path:
    """An environment whose python answers versions truly and writes down what pip is told."""
    python = folder / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(
        "#!/bin/sh\n"
        f'case "$1" in -c) exec "{sys.executable}" "$@";; esac\n'
        f'echo "$@" >>"{folder}/told"\n',
        "utf-8",
    )
    python.chmod(python.stat().st_mode | stat.S_IXUSR)
    return folder


@posix_only
def test_setup_installs_by_hash_once_and_again_only_for_another_lock(tmp_path: Path) -> None:
    if run_setup(tmp_path, "--missing").stdout:
        pytest.skip("the system lacks libraries, and a test installs none")
    venv = fake_venv(tmp_path / "venv")

    first = run_setup(venv)
    assert first.returncode == 0, first.stderr
    told = (venv / "told").read_text("utf-8")
    installs = [line for line in told.splitlines() if " install " in line]
    assert len(installs) == 2
    assert all("--require-hashes" in line for line in installs)
    wheels, sources = (
        {line.partition("==")[0] for line in (venv / name).read_text("utf-8").splitlines()
         if re.match(r"[a-z0-9]", line)}
        for name in ("wheels.txt", "sources.txt")
    )  # fmt: skip
    assert f"--only-binary :all: -r {venv}/wheels.txt" in installs[0]
    assert f"--no-build-isolation --no-deps -r {venv}/sources.txt" in installs[1]
    assert sources == BUILT
    assert wheels | sources == {pin.requirement.name for pin in pins("requirements-dev.lock")}

    second = run_setup(venv)
    assert (second.returncode, second.stdout) == (0, "")
    assert (venv / "told").read_text("utf-8") == told

    stamp = venv / "loket-setup.stamp"
    digest = hashlib.sha256(
        (ROOT / "requirements-dev.lock").read_bytes() + (ROOT / ".ci" / "setup").read_bytes()
    ).hexdigest()
    assert stamp.read_text("utf-8").rstrip().endswith(digest)
    stamp.write_text("another lock", "utf-8")
    run_setup(venv)
    assert len((venv / "told").read_text("utf-8")) == 2 * len(told)


@posix_only
def test_setup_refuses_a_python_that_it_does_not_know(tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    old = tools / "python3"
    old.write_text("#!/bin/sh\nexit 1\n", "utf-8")
    old.chmod(0o755)
    (tools / "dirname").symlink_to(shutil.which("dirname") or "/usr/bin/dirname")
    shell = subprocess.run(
        ["/bin/sh", ".ci/setup"],
        cwd=ROOT,
        env={"PATH": str(tools), "VENV": str(tmp_path / "venv")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert shell.returncode == 1
    assert "needs Python 3.11, 3.12 or 3.13" in shell.stderr
    assert not (tmp_path / "venv").exists()


TOOLS = ("sh", "dirname", "cat", "cut", "tr", "sed", "grep", "ls", "env", "rm", "sha256sum", "gcc")


@dataclass(frozen=True, slots=True)
class BareMachine:
    """A copy of the set-up in a checkout of its own, on a machine that lacks one library."""

    folder: Path

    def tool(self, name: str, script: str) -> None:
        path = self.folder / "bin" / name
        path.unlink(missing_ok=True)  # a link to the machine's own
        path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        path.chmod(0o755)

    @classmethod
    def at(cls, folder: Path, user: int, *, sudo: bool) -> BareMachine:
        made = cls(folder)
        (folder / ".ci").mkdir()
        (folder / "bin").mkdir()
        shutil.copy(ROOT / ".ci" / "setup", folder / ".ci" / "setup")
        (folder / "requirements-dev.lock").write_text("pyscard==1\n", "utf-8")
        for name in TOOLS:
            found = shutil.which(name)
            if found is not None:
                (folder / "bin" / name).symlink_to(found)
        made.tool(
            "python3",
            'case "$2" in\n'
            "*ctypes*) echo libEGL.so.1 libegl1 ;;\n"
            "*ensurepip*|*sysconfig*) ;;\n"
            f'*) exec "{sys.executable}" "$@" ;;\n'
            "esac",
        )
        made.tool("id", f"echo {user}")
        made.tool("apt-get", 'echo "APT $*"')
        made.tool("apt-cache", 'echo "  Candidate: 1.0"')
        if sudo:
            made.tool("sudo", 'echo "SUDO"; exec "$@"')
        fake_venv(folder / "venv")
        return made

    def set_up(self, *options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", ".ci/setup", *options],
            cwd=self.folder,
            env={
                "PATH": str(self.folder / "bin"),
                "VENV": str(self.folder / "venv"),
                "CREATECLUSTER_CONF": str(self.folder / "createcluster.conf"),
            },
            capture_output=True,
            text=True,
            check=False,
        )


@posix_only
@pytest.mark.parametrize(("user", "sudo"), [(0, False), (1000, True)], ids=["root", "sudo"])
def test_setup_says_what_it_installs_before_it_does(tmp_path: Path, user: int, sudo: bool) -> None:
    done = BareMachine.at(tmp_path, user, sudo=sudo).set_up()
    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    assert said[0].startswith("set-up: the system lacks: libEGL.so.1")
    [told] = [line for line in said if line.startswith("set-up: installing with apt:")]
    [did] = [line for line in said if line.startswith("APT install")]
    wanted = told.partition(":")[2].partition(":")[2].split()
    assert "libegl1" in wanted
    assert did.split()[-len(wanted) :] == wanted
    assert said.index(told) < said.index(did)
    assert ("SUDO" in said) is sudo
    assert said[-1] == "set-up: ready"


@posix_only
def test_setup_says_that_the_system_gets_no_database_server(tmp_path: Path) -> None:
    machine = BareMachine.at(tmp_path, 0, sudo=False)
    conf = tmp_path / "createcluster.conf"
    machine.tool("ls", "exit 1")
    machine.tool(
        "apt-get",
        'echo "APT $*"\n'
        f'case "$*" in *-common) echo "#create_main_cluster = true" > {conf} ;; esac',
    )
    done = machine.set_up("--tests")
    said = done.stdout.splitlines()
    [first, *_] = [at for at, line in enumerate(said) if line.startswith("APT install")]
    assert said[first - 1] == "set-up: installing with apt: postgresql-common"
    assert said[first + 1].startswith("set-up: no database server of the system is wanted")
    assert str(conf) in said[first + 1]
    assert conf.read_text("utf-8") == "create_main_cluster = false\n"


@posix_only
def test_setup_without_root_or_sudo_names_the_commands_and_installs_nothing(tmp_path: Path) -> None:
    done = BareMachine.at(tmp_path, 1000, sudo=False).set_up()
    assert done.returncode == 1
    assert "APT" not in done.stdout
    assert "apt-get update" in done.stderr
    assert re.search(r"apt-get install -y --no-install-recommends .*\blibegl1\b", done.stderr)
    assert not (tmp_path / "venv" / "told").exists()


def test_the_program_knows_its_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["version"] == VERSION
