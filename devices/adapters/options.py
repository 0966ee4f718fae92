"""What each family of real devices can be set to.

Declared apart from the adapters, so that the settings screen can show them without loading a
driver; each adapter says beside its code what an option does on the wire.
"""

from __future__ import annotations

from devices.options import (
    ChoiceOption,
    LoopbackOption,
    NumberOption,
    Option,
    SwitchOption,
    TextOption,
)

# signature pads

TOPAZ: tuple[Option, ...] = (
    TextOption("port", "usb:0403:6001", required=True),
    ChoiceOption(
        "pad_model",
        (
            "siglite_1x5",
            "siglite_lcd_1x5",
            "siglite_lcd_4x5",
            "siggem_1x5",
            "siggem_4x5",
            "siggem_color_5x7",
            "clipgem",
        ),
        "siglite_1x5",
    ),
    NumberOption("finish_seconds", 1.5, 0.3, 5.0, "s"),
)

STU: tuple[Option, ...] = (
    TextOption("pad_serial"),
    NumberOption("finish_seconds", 1.5, 0.3, 5.0, "s"),
)

SCREEN_PAD: tuple[Option, ...] = ()

# scanners

SERIAL_SCANNER: tuple[Option, ...] = (
    TextOption("port", "usb:0483", required=True),
    NumberOption("baud", 9600, 1200, 115200),
    ChoiceOption("parity", ("none", "odd", "even"), "none"),
    TextOption("scan_prefix"),
    TextOption("scan_suffix"),
    NumberOption("repeat_seconds", 1.0, 0.0, 10.0, "s"),
)

CAMERA_SCANNER: tuple[Option, ...] = (
    TextOption("source", "1", required=True),
    NumberOption("width", 1280, 0, 7680, "px"),
    NumberOption("height", 720, 0, 4320, "px"),
    NumberOption("repeat_seconds", 3.0, 0.5, 30.0, "s"),
    NumberOption("looks_a_second", 5.0, 1.0, 15.0),
)

# fingerprint

SBI: tuple[Option, ...] = (
    TextOption("trust_file", required=True),
    NumberOption("first_port", 4501, 1024, 65535),
    NumberOption("last_port", 4600, 1024, 65535),
    ChoiceOption("sbi_env", ("Production", "Pre-Production", "Staging", "Developer"), "Production"),
    NumberOption("least_quality", 60, 1, 100),
    NumberOption("tries", 3, 1, 5),
    NumberOption("skew_seconds", 120, 5, 3600, "s"),
    LoopbackOption("comparer_url"),
    NumberOption("comparer_seconds", 5, 1, 30, "s"),
)

# cameras

OPENCV_CAMERA: tuple[Option, ...] = (
    TextOption("source", "0", required=True),
    NumberOption("width", 1280, 0, 7680, "px"),
    NumberOption("height", 720, 0, 4320, "px"),
    ChoiceOption("turn", ("0", "90", "180", "270"), "0"),
    SwitchOption("portrait", default=True),
)

# card viewers

CAMERA_VIEWER: tuple[Option, ...] = (
    TextOption("source", "1", required=True),
    NumberOption("width", 1920, 0, 7680, "px"),
    NumberOption("height", 1080, 0, 4320, "px"),
    ChoiceOption("turn", ("0", "90", "180", "270"), "0"),
    NumberOption("still_seconds", 0.6, 0.3, 3.0, "s"),
)

FOLDER_VIEWER: tuple[Option, ...] = (
    TextOption("folder", required=True),
    SwitchOption("remove", default=True),
)

SANE_VIEWER: tuple[Option, ...] = (
    TextOption("sane_device"),
    NumberOption("scan_dpi", 300, 300, 600, "dpi"),
    NumberOption("area_left", 0, 0, 200, "mm"),
    NumberOption("area_top", 0, 0, 200, "mm"),
    NumberOption("area_width", 120, 90, 220, "mm"),
    NumberOption("area_height", 85, 60, 150, "mm"),
    TextOption("scan_mode"),
    TextOption("scan_extra"),
    NumberOption("scan_seconds", 40, 5, 120, "s"),
)

# chip and KTP-el readers

PCSC_READER: tuple[Option, ...] = (
    TextOption("reader_name"),
    NumberOption("answer_seconds", 10.0, 1.0, 60.0, "s"),
)

PCSC_EID: tuple[Option, ...] = (
    *PCSC_READER,
    TextOption("sam_reader"),
    TextOption("sam_file"),
)

# printers behind a queue or an IPP line

_PAGE: tuple[Option, ...] = (
    ChoiceOption("send_as", ("pwg-raster", "urf", "pdf"), "pwg-raster"),
    NumberOption("page_width", 1011, 600, 1300, "px"),
    NumberOption("page_height", 638, 400, 900, "px"),
    SwitchOption("tumble"),
    NumberOption("feed_seconds", 20.0, 0.0, 120.0, "s"),
    NumberOption("ribbon_cards", 200, 1, 2000),
)

SPOOLER_CARD: tuple[Option, ...] = (
    TextOption("queue", required=True),
    TextOption("print_server", "localhost:631", required=True),
    *_PAGE,
)

IPP_CARD: tuple[Option, ...] = (
    TextOption("printer_address", required=True),
    TextOption("printer_path", "/ipp/print", required=True),
    *_PAGE,
)

WINDOWS_CARD: tuple[Option, ...] = (TextOption("queue", required=True), *_PAGE)

SPOOLER_DOCUMENT: tuple[Option, ...] = (
    TextOption("queue", required=True),
    TextOption("print_server", "localhost:631", required=True),
)

WINDOWS_DOCUMENT: tuple[Option, ...] = (TextOption("queue", required=True),)

# card printers with a language of their own

_EVOLIS: tuple[Option, ...] = (
    ChoiceOption("evolis_ribbon", ("ymckok", "ymcko"), "ymckok"),
    SwitchOption("overlay", default=True),
    NumberOption("ribbon_cards", 200, 1, 2000),
)

EVOLIS: tuple[Option, ...] = (TextOption("printer_address", required=True), *_EVOLIS)

EVOLIS_SERIAL: tuple[Option, ...] = (
    TextOption("port", required=True),
    NumberOption("baud", 115200, 1200, 115200),
    *_EVOLIS,
)

EVOLIS_SDK: tuple[Option, ...] = (TextOption("sdk_device", required=True), *_EVOLIS)
