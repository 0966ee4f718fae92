"""Start Loket: parse arguments, open the desk, run the window or one command.

What a command needs is imported by that command alone, so that the window stands quickly and
`journal verify` needs no display.
"""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

NAME = "loket"
LANGUAGES = ("id", "en")
WINDOW = {
    "run": ("ui.commands.run", "open the counter's window (the default)"),
    "screenshots": ("ui.commands.screenshots", "draw every screen into PNG files"),
}
PLAIN = (
    "demo",
    "card",
    "journal",
    "portal",
    "bench",
    "seal",
    "keys",
    "centre",
    "devices",
)
"""Commands without a window: `desktop/commands/<name>.py`, where there is one."""


def _sizes(text: str) -> str:
    """Sizes of windows in pixels, as 1366x768 or 1366x768,1920x1080."""
    for one in text.split(","):
        wide, x, high = one.partition("x")
        if not (
            wide.isdecimal() and high.isdecimal() and x and 0 < int(wide) < 10_000 > int(high) > 0
        ):
            raise argparse.ArgumentTypeError(f"not a size like 1366x768: {one!r}")
    return text


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments say; the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    args = _parser(words).parse_args(words)
    return int(args.run(args) or 0)


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--lang", choices=LANGUAGES, default=argparse.SUPPRESS)
    common.add_argument(
        "--profile", type=Path, metavar="DIR", default=argparse.SUPPRESS, help="the counter's data"
    )
    parser = argparse.ArgumentParser(prog="main.py", description=(__doc__ or "").partition("\n")[0],
                                     parents=[common])  # fmt: skip
    parser.set_defaults(run=_window("run"))
    commands = parser.add_subparsers(metavar="COMMAND")
    for name, (_module, told) in WINDOW.items():
        sub = commands.add_parser(name, help=told, parents=[common])
        sub.set_defaults(run=_window(name))
        if name == "run":
            sub.add_argument("--no-centre", action="store_true", help="training without a centre")
            sub.add_argument("--training", action="store_true", help="begin training, unasked")
        if name == "screenshots":
            sub.add_argument("dir", type=Path, metavar="DIR")
            sub.add_argument("--size", type=_sizes, default="1366x768", metavar="WxH[,WxH]")
            sub.add_argument("--theme", choices=("light", "dark"), default="light")
            sub.add_argument("--text", type=int, choices=(100, 115, 130), default=100)
    asked = next((word for word in words if word in PLAIN), "")  # after --lang or --profile too
    helping = not asked and not {"-h", "--help"}.isdisjoint(words)  # then each says what it is for
    for name in PLAIN:
        module = f"desktop.commands.{name}"
        if find_spec(module) is None:
            continue
        if name == asked or helping:
            import_module(module).add_parser(commands)
        else:
            commands.add_parser(name, add_help=False)
    return parser


def _window(name: str) -> Callable[[argparse.Namespace], int]:
    def run(args: argparse.Namespace) -> int:
        if name == "run":
            gc.disable()  # thousands of classes are made and kept; run() turns it on again
            import_module("desktop.desk")  # before Qt, which reads the source of all that follows
        return import_module(WINDOW[name][0]).run(args)

    return run


if __name__ == "__main__":
    sys.exit(main())
