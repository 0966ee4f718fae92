"""The maker's SDK in a process of its own: `python -m devices.adapters.evolis_sdk_worker`.

A closed library may crash, and its calls can't be cancelled; here neither touches the window. One
request a line on standard input (`{"do": …, "size": n}` and n bytes behind it), one answer a line
on standard output. Faces come through the pipe and are handed over in memory, never as files.
"""

from __future__ import annotations

import io
import json
import sys
from typing import IO, Any

from devices.wire.evolis import WireGarbage
from devices.wire.evolis_faces import joined
from devices.wire.evolis_job import decode_job

PRINT_MS = 180_000

# the SDK's own words for a movement, by the language's command
POSITIONS = {"Si": "INSERT", "Sis": "CONTACT", "Sic": "CONTACTLESS", "Se": "EJECT", "Ser": "REJECT"}
RIBBONS = {0: "YMCKO", 4: "YMCKOK"}
REFUSALS = {
    "CARD_EINSERTION": "FEEDER EMPTY",
    "CARD_ERROR": "CARD JAM",
    "ENEEDACTION": "ERROR",
    "PRINT_NEEDACTION": "ERROR",
    "PRINT_EMECHANICAL": "CARD JAM",
    "PRINT_EUNKNOWNRIBBON": "ERROR RIBBON",
}
GONE = frozenset({"PRINTER_ENOCOM", "PRINTER_NETWORK_ERROR", "SYSTEM_ENETWORK"})


class Sdk:
    """One connection of the SDK."""

    def __init__(self, sdk: Any) -> None:
        self._sdk = sdk
        self._line: Any = None

    def open(self, device: str) -> dict[str, Any]:
        """Connect to a printer by its name or address."""
        self._line = self._sdk.Connection(device, self._sdk.OpenMode.DIRECT)
        return {"ok": self._line.get_context() is not None}

    def command(self, text: str) -> dict[str, Any]:
        """One command of the language, by the SDK's own verb where it has one."""
        if text in POSITIONS:
            done = self._line.set_card_pos(getattr(self._sdk.CardPos, POSITIONS[text]))
            return {"reply": "OK"} if done else self._refused(self._line.get_last_error().name)
        reply = self._line.send_command(text)
        if reply is None:
            return self._refused(self._line.get_last_error().name)
        return {"reply": reply.strip("\r\n\0")}

    def print(self, stream: bytes) -> dict[str, Any]:
        """Print a job's faces through the SDK's own drawing; the card stays inside."""
        job = decode_job(stream)
        ribbon = getattr(self._sdk.RibbonType, RIBBONS.get(job.ribbon, "YMCKO"))
        session = self._sdk.PrintSession(self._line, ribbon)
        for face in job.faces:
            side = self._sdk.CardFace.BACK if face.back else self._sdk.CardFace.FRONT
            packed = io.BytesIO()
            joined(face).save(packed, "BMP")
            if not session.set_image_buffer(side, packed.getvalue()):
                return {"reply": "ERROR PARAMETRES"}
        session.set_setting(self._sdk.SettingKey.GSmoothing, "NOSMOOTH")
        session.set_auto_eject(False)
        code = session.print(PRINT_MS).name
        return {"reply": "printed"} if code == "OK" else self._refused(code)

    def _refused(self, code: str) -> dict[str, Any]:
        if code in GONE:
            return {"gone": True}
        return {"reply": REFUSALS.get(code, "ERROR"), "code": code}


def answer(sdk: Sdk, request: dict[str, Any], payload: bytes) -> dict[str, Any]:
    """One request's answer."""
    match request["do"]:
        case "open":
            return sdk.open(str(request["device"]))
        case "command":
            return sdk.command(str(request["text"]))
        case "print":
            try:
                return sdk.print(payload)
            except WireGarbage:
                return {"reply": "ERROR PARAMETRES"}
        case _:
            return {"reply": "ERROR CDE"}


def serve(asked: IO[bytes], told: IO[bytes]) -> int:
    """Answer until the other side closes."""
    try:
        import evolis
    except (ImportError, OSError):
        told.write(b'{"missing": true}\n')
        told.flush()
        return 1
    sdk = Sdk(evolis)
    told.write(b'{"ready": true}\n')
    told.flush()
    while line := asked.readline():
        request = json.loads(line)
        payload = asked.read(int(request.get("size", 0)))
        told.write(json.dumps(answer(sdk, request, payload)).encode() + b"\n")
        told.flush()
    return 0


if __name__ == "__main__":
    # What the SDK itself writes to standard output must not get between the answers.
    import os

    own = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    raise SystemExit(serve(sys.stdin.buffer, own))
