"""The layers of the encoder on OpenVINO, with its own weights or with trained ones.

We assemble the graph from ONNX operators of ONNX Runtime's domain, which OpenVINO reads and fuses.
It takes rows of numbers, not token ids: see `index.embedding.e5.E5Model.rows`.
"""

import importlib
import platform
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from index.embedding import eight_bits
from index.embedding.e5 import HEADS, LAYERS, MAX_TOKENS, WIDTH, E5Model
from index.errors import EmbeddingModelError

Precision = Literal["auto", "f32", "bf16", "int8"]
Floats = NDArray[np.float32]

# Only texts of the same padded length share a run, and that length depends on the text alone. So a
# text's arithmetic, and its vector, never depend on its neighbours, not even in bfloat16.
PAD_MULTIPLE: Final = 16
RUN_SIZE: Final = 4
_X86: Final = {"x86_64", "AMD64"}
_FUSED: Final = {"Attention", "SkipLayerNormalization", "BiasGelu"}


@dataclass(frozen=True, slots=True)
class Output:
    """What the layers make of one text.

    Attributes:
        mean: (384,) of all its tokens' vectors; unscaled.
        first: (384,) the first token's vector.
        tokens: (tokens, k) what the head makes of each token; None without a head.
    """

    mean: Floats
    first: Floats
    tokens: Floats | None


def import_openvino() -> ModuleType:
    """Import OpenVINO without its model converter.

    The converter reports its import to Google Analytics and writes an identifier into the user's
    home. openvino works without the converter, so we hide it meanwhile.
    """
    converter = "openvino.tools.ovc"
    if "openvino" not in sys.modules:
        sys.modules[converter] = None  # type: ignore[assignment]
    try:
        return importlib.import_module("openvino")
    finally:
        if sys.modules.get(converter, converter) is None:
            del sys.modules[converter]


class _Graph:
    """An ONNX model to fill in place; each method returns the name of what it added."""

    def __init__(self, weights: Mapping[str, Floats]) -> None:
        # Imported at first use, as OpenVINO is: a command that embeds nothing should not wait.
        from onnx import ModelProto

        self.weights = weights
        self.model = ModelProto(ir_version=8)
        self.model.opset_import.add(domain="", version=17)
        self.model.opset_import.add(domain="com.microsoft", version=1)
        self.model.graph.name = "encoder"

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """Add one node; the fused operators live in ONNX Runtime's domain."""
        from onnx import helper

        name = f"{operator}_{len(self.model.graph.node)}"
        domain = "com.microsoft" if operator in _FUSED else ""
        node = helper.make_node(operator, list(inputs), [name], domain=domain, **attributes)
        self.model.graph.node.append(node)
        return name

    def constant(self, name: str, array: NDArray[Any]) -> str:
        """Add a constant under ``name``."""
        from onnx import helper

        kind = helper.np_dtype_to_tensor_dtype(array.dtype)
        tensor = self.model.graph.initializer.add(name=name, dims=array.shape, data_type=kind)
        tensor.raw_data = np.ascontiguousarray(array).tobytes()
        return name

    def vector(self, name: str) -> str:
        """Add a bias or scale in the weights' form."""
        return self.constant(name, self.weights[name])

    def matrix(self, name: str) -> str:
        """Add a dense layer's matrix: the weights hold (out, in), MatMul wants (in, out)."""
        return self.constant(name, self.weights[name].T)

    def value(self, name: str, kind: int, shape: Sequence[str | int]) -> Any:
        """Describe an input or an output."""
        from onnx import helper

        return helper.make_tensor_value_info(name, kind, list(shape))


def _add_layer(graph: _Graph, hidden: str, number: int) -> str:
    """One transformer layer on vectors (batch, tokens, 384)."""
    weights, prefix = graph.weights, f"l{number}."

    def add_and_normalise(update: str, skip: str, norm: str, dense: str) -> str:
        scale, shift = graph.vector(prefix + norm + ".w"), graph.vector(prefix + norm + ".b")
        inputs = (update, skip, scale, shift, graph.vector(prefix + dense + ".b"))
        return graph.add("SkipLayerNormalization", *inputs, epsilon=1e-12)

    matrix = np.concatenate([weights[f"{prefix}{part}.w"].T for part in "qkv"], axis=1)
    bias = np.concatenate([weights[f"{prefix}{part}.b"] for part in "qkv"])
    projection = graph.constant(prefix + "projection", matrix)
    shift = graph.constant(prefix + "projection_bias", bias)
    attended = graph.add("Attention", hidden, projection, shift, "mask", num_heads=HEADS)
    update = graph.add("MatMul", attended, graph.matrix(prefix + "ao.w"))
    hidden = add_and_normalise(update, hidden, "aln", "ao")
    inner = graph.add("MatMul", hidden, graph.matrix(prefix + "fi.w"))
    inner = graph.add("BiasGelu", inner, graph.vector(prefix + "fi.b"))
    update = graph.add("MatMul", inner, graph.matrix(prefix + "fo.w"))
    return add_and_normalise(update, hidden, "oln", "fo")


def encoder_graph(weights: Mapping[str, Floats], head: tuple[Floats, Floats] | None) -> bytes:
    """Assemble the encoder as a serialised ONNX model.

    Inputs: ``rows``, float32 (batch, tokens, 384), and ``mask``, int32 (batch, tokens), 1 on a
    text's tokens and 0 on padding. Outputs: float32 (batch, 384), the mean of the token vectors
    under the mask; float32 (batch, 384), the first token's vector; with a head, float32
    (batch, tokens, k).
    """
    from onnx import TensorProto

    graph = _Graph(weights)
    norm = graph.vector("emb.ln.w"), graph.vector("emb.ln.b")
    hidden = graph.add("LayerNormalization", "rows", *norm, epsilon=1e-12, axis=-1)
    for number in range(LAYERS):
        hidden = _add_layer(graph, hidden, number)
    real = graph.add("Cast", "mask", to=TensorProto.FLOAT)
    tokens_axis = graph.constant("tokens_axis", np.array([1], dtype=np.int64))
    row = graph.add("Unsqueeze", real, tokens_axis)
    total = graph.add("Squeeze", graph.add("MatMul", row, hidden), tokens_axis)
    mean = graph.add("Div", total, graph.add("ReduceSum", real, tokens_axis, keepdims=1))
    zero = graph.constant("zero", np.array(0, dtype=np.int64))
    first = graph.add("Gather", hidden, zero, axis=1)
    shape = ("batch", "tokens")
    outputs: dict[str, Sequence[str | int]] = {mean: ("batch", WIDTH), first: ("batch", WIDTH)}
    if head is not None:
        matrix, bias = graph.constant("head", head[0].T), graph.constant("head_bias", head[1])
        logits = graph.add("Add", graph.add("MatMul", hidden, matrix), bias)
        outputs[logits] = (*shape, len(head[1]))
    kind = TensorProto.FLOAT
    graph.model.graph.input.append(graph.value("rows", kind, (*shape, WIDTH)))
    graph.model.graph.input.append(graph.value("mask", TensorProto.INT32, shape))
    for name, dimensions in outputs.items():
        graph.model.graph.output.append(graph.value(name, kind, dimensions))
    return bytes(graph.model.SerializeToString())


class Transformer:
    """The layers in memory; threads may share it.

    Args:
        weights: by `E5Model.layer_weights`'s names.
        token_head: a matrix (k, 384) and a bias (k,) for every token's vector; None for none.
        precision: of the arithmetic. "int8" holds for the dense layers only; the rest is bfloat16
            if the processor has it, else float32. "auto" takes int8 on x86, float32 elsewhere.

    Raises:
        EmbeddingModelError: OpenVINO cannot run the graph.
    """

    def __init__(
        self,
        weights: Mapping[str, Floats],
        token_head: tuple[Floats, Floats] | None = None,
        precision: Precision = "auto",
    ) -> None:
        try:
            openvino = import_openvino()
            core = openvino.Core()
            if precision == "auto":
                # On ARM we measured neither speed nor fidelity of OpenVINO's int8.
                precision = "int8" if platform.machine() in _X86 else "f32"
            graph = core.read_model(encoder_graph(weights, token_head))
            # One thread a run and as many runs at a time as cores: splitting a run costs more
            # processor time than it saves, even for one question alone.
            settings = {"PERFORMANCE_HINT": "THROUGHPUT", "INFERENCE_PRECISION_HINT": precision}
            if precision == "int8":
                eight_bits.quantise(openvino, graph)
                # OpenVINO's default is bf16 only if the processor multiplies it natively.
                default = core.get_property("CPU", "INFERENCE_PRECISION_HINT").to_string()
                settings["INFERENCE_PRECISION_HINT"] = "bf16" if default == "bf16" else "f32"
                settings["DYNAMIC_QUANTIZATION_GROUP_SIZE"] = str(eight_bits.GROUP_SIZE)
            model = core.compile_model(graph, "CPU", settings)
            self._queue = openvino.AsyncInferQueue(model)
            self._single = model.create_infer_request()
        except (ImportError, RuntimeError) as error:
            raise EmbeddingModelError(f"OpenVINO cannot run the model: {error}") from error
        self.precision = precision
        self._has_head = token_head is not None
        # A question need not wait for a whole batch of passages: it has a request of its own.
        self._queue_lock, self._single_lock = threading.Lock(), threading.Lock()

    def run(self, sequences: Sequence[Sequence[int]], model: E5Model) -> list[Output]:
        """Run the layers over texts in tokens, including their end marks.

        Args:
            sequences: ids of each text, at most ``MAX_TOKENS``.
            model: gives the rows that they begin with.

        Returns:
            one output a text, in order; it depends on the text alone.

        Raises:
            EmbeddingModelError: OpenVINO fails.
        """
        found: list[Output | None] = [None] * len(sequences)

        def keep(request: Any, members: list[int]) -> None:
            means, firsts = (np.array(request.get_output_tensor(n).data) for n in range(2))
            tokens = np.array(request.get_output_tensor(2).data) if self._has_head else None
            for row, member in enumerate(members):
                length = len(sequences[member])
                inner = None if tokens is None else tokens[row, :length]
                found[member] = Output(means[row], firsts[row], inner)

        try:
            if len(sequences) == 1:
                with self._single_lock:
                    for members, inputs in runs(sequences, model):
                        self._single.infer(inputs)
                        keep(self._single, members)
            elif sequences:
                with self._queue_lock:
                    self._queue.set_callback(keep)
                    for members, inputs in runs(sequences, model):
                        self._queue.start_async(inputs, members)
                    self._queue.wait_all()
        except RuntimeError as error:
            raise EmbeddingModelError(f"The language encoder failed: {error}") from error
        outputs = [item for item in found if item is not None]
        if len(outputs) != len(sequences):
            raise EmbeddingModelError("The language encoder left a text out.")
        return outputs


def runs(
    sequences: Sequence[Sequence[int]], model: E5Model
) -> Iterator[tuple[list[int], dict[str, NDArray[Any]]]]:
    """Group texts into runs of one padded length, longest first."""
    by_width: dict[int, list[int]] = {}
    for position, ids in enumerate(sequences):
        if len(ids) > MAX_TOKENS:
            raise EmbeddingModelError(f"A text has {len(ids)} tokens, more than {MAX_TOKENS}.")
        by_width.setdefault(-(-len(ids) // PAD_MULTIPLE) * PAD_MULTIPLE, []).append(position)
    for width, positions in sorted(by_width.items(), reverse=True):
        for start in range(0, len(positions), RUN_SIZE):
            members = positions[start : start + RUN_SIZE]
            tokens = np.full((len(members), width), model.tokenizer.pad, dtype=np.int32)
            mask = np.zeros((len(members), width), dtype=np.int32)
            for row, position in enumerate(members):
                length = len(sequences[position])
                tokens[row, :length] = sequences[position]
                mask[row, :length] = 1
            yield members, {"rows": model.rows(tokens), "mask": mask}
