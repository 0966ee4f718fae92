# ruff: noqa: INP001 (a recipe to run by hand, no package)
"""Turns the face network of the npm package @vladmandic/face-api into the ONNX file we ship.

    npm pack @vladmandic/face-api@1.7.15 && tar xzf vladmandic-face-api-1.7.15.tgz
    pip install onnx numpy
    python face_model.py package/model face_recognition.onnx

The package's weights are bytes with a scale each; they are unpacked, every layer's scale and bias
are folded into its convolution, and the whole is kept with 16-bit numbers. Layers as in the
package's `src/faceRecognitionNet`: dlib's ResNet with 29 convolutions, 150 x 150 pixels in, 128
numbers out.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

STAGES = (
    ("conv32_1", "conv32_2", "conv32_3"),
    ("conv64_down", "conv64_1", "conv64_2", "conv64_3"),
    ("conv128_down", "conv128_1", "conv128_2"),
    ("conv256_down", "conv256_1", "conv256_2", "conv256_down_out"),
)
MEAN = (122.782, 117.001, 104.298)


def weights_of(folder: Path) -> dict[str, np.ndarray]:
    """All weights by name, as 32-bit numbers."""
    manifest = json.loads((folder / "face_recognition_model-weights_manifest.json").read_text())
    data = (folder / "face_recognition_model.bin").read_bytes()
    found: dict[str, np.ndarray] = {}
    at = 0
    for entry in (line for group in manifest for line in group["weights"]):
        count = int(np.prod(entry["shape"]))
        packed = entry.get("quantization")
        kind = np.dtype(packed["dtype"] if packed else "float32")
        raw = np.frombuffer(data, kind, count, at).astype(np.float64)
        at += count * kind.itemsize
        if packed:
            raw = raw * packed["scale"] + packed["min"]
        found[entry["name"]] = raw.reshape(entry["shape"])
    if at != len(data):
        raise SystemExit("the weights don't fill their file")
    return found


class Graph:
    """Nodes and numbers of the network under way."""

    def __init__(self, weights: dict[str, np.ndarray]) -> None:
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.numbers: list[onnx.TensorProto] = []
        self.count = 0

    def keep(self, values: np.ndarray) -> str:
        self.count += 1
        name = f"w{self.count}"
        self.numbers.append(numpy_helper.from_array(values.astype(np.float16), name + "h"))
        self.nodes.append(helper.make_node("Cast", [name + "h"], [name], to=TensorProto.FLOAT))
        return name

    def add(self, kind: str, inputs: list[str], **facts: object) -> str:
        self.count += 1
        out = f"n{self.count}"
        self.nodes.append(helper.make_node(kind, inputs, [out], **facts))
        return out

    def conv(self, source: str, name: str, *, down: bool) -> str:
        w = self.weights
        scale = w[f"{name}/scale/weights"]
        kernel = w[f"{name}/conv/filters"] * scale  # height, width, in, out
        bias = w[f"{name}/conv/bias"] * scale + w[f"{name}/scale/biases"]
        pad = 0 if down else kernel.shape[0] // 2
        return self.add(
            "Conv",
            [source, self.keep(kernel.transpose(3, 2, 0, 1)), self.keep(bias)],
            strides=[2, 2] if down else [1, 1],
            pads=[pad] * 4,
        )

    def residual(self, source: str, name: str, size: int, wide: int) -> tuple[str, int, int]:
        down = "_down" in name
        out = self.add("Relu", [self.conv(source, f"{name}/conv1", down=down)])
        out = self.conv(out, f"{name}/conv2", down=False)
        aside = source
        if down:
            small, pooled = (size - 3) // 2 + 1, size // 2
            aside = self.add("AveragePool", [source], kernel_shape=[2, 2], strides=[2, 2])
            deep = self.weights[f"{name}/conv2/conv/filters"].shape[3]
            if pooled != small:
                gap = pooled - small
                out = self.add("Pad", [out, self.ints([0, 0, 0, 0, 0, 0, gap, gap])])
            if deep != wide:
                aside = self.add("Pad", [aside, self.ints([0, 0, 0, 0, 0, deep - wide, 0, 0])])
            size, wide = pooled, deep
        return self.add("Relu", [self.add("Add", [out, aside])]), size, wide

    def ints(self, values: list[int]) -> str:
        self.count += 1
        self.numbers.append(numpy_helper.from_array(np.array(values, np.int64), f"i{self.count}"))
        return f"i{self.count}"


def main(folder: str, target: str) -> None:
    graph = Graph(weights_of(Path(folder)))
    out = graph.add("Relu", [graph.conv("face", "conv32_down", down=True)])
    size = ((150 - 7) // 2 + 1 - 3) // 2 + 1
    out = graph.add("MaxPool", [out], kernel_shape=[3, 3], strides=[2, 2])
    wide = 32
    for stage in STAGES:
        for name in stage:
            out, size, wide = graph.residual(out, name, size, wide)
    out = graph.add("GlobalAveragePool", [out])
    out = graph.add("Flatten", [out])
    out = graph.add("MatMul", [out, graph.keep(graph.weights["fc"])])
    graph.nodes[-1].output[0] = "descriptor"
    made = helper.make_graph(
        graph.nodes,
        "face_recognition",
        [helper.make_tensor_value_info("face", TensorProto.FLOAT, [1, 3, 150, 150])],
        [helper.make_tensor_value_info("descriptor", TensorProto.FLOAT, [1, 128])],
        graph.numbers,
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    model.doc_string = "dlib face recognition ResNet v1, by way of @vladmandic/face-api 1.7.15"
    onnx.checker.check_model(model)
    Path(target).write_bytes(model.SerializeToString())


if __name__ == "__main__":
    main(*sys.argv[1:])
