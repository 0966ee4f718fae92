"""The model files: opened once, and only as the files that their licences were recorded for."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import cv2

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "models"

DETECTOR = "face_detection_short_range.tflite"
LANDMARKS = "face_landmark.tflite"
LIKENESS = "face_recognition.onnx"

SHA256 = {
    DETECTOR: "3bc182eb9f33925d9e58b5c8d59308a760f4adea8f282370e428c51212c26633",
    LANDMARKS: "2efcb4f4de43c7614b80a3cc3e8a37354b3b3b40f75cce20f6f38f0f25d65493",
    LIKENESS: "e351411d5b1b180972cd5ea4a6aa5fc9d547de138b9d417b45790d550a487947",
}


class ModelChanged(RuntimeError):
    """A model file isn't the one that was shipped: a fault of the installation."""


def bytes_of(name: str) -> bytes:
    """A model file, compared with its recorded SHA-256. Raises ModelChanged, OSError."""
    data = (FOLDER / name).read_bytes()
    if hashlib.sha256(data).hexdigest() != SHA256[name]:
        raise ModelChanged(name)
    return data


def network(name: str) -> Any:
    """A network of a file; one thread alone may use it."""
    import numpy as np

    data = np.frombuffer(bytes_of(name), np.uint8)
    if name.endswith(".onnx"):
        return cv2.dnn.readNetFromONNX(data)
    return cv2.dnn.readNetFromTFLite(data)
