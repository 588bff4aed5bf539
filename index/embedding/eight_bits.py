"""Dense layers in 8 bits, for processors that multiply such numbers natively.

Each matrix is int8 with one scale an output (symmetric quantisation, Jacob et al.,
arXiv:1712.05877). OpenVINO quantises the other factor as it runs, a group of numbers at a time.
docs/decisions/0032-one-encoder-for-every-language.md says how fast and how exact that is.
"""

from typing import Any, Final

import numpy as np

GROUP_SIZE: Final = 128
"""Numbers that share a scale while the model runs; it divides 384 and 1536."""
_SMALLEST: Final = 100_000
"""Weights of the smallest matrix worth quantising; a head of two rows is not."""


def quantise(openvino: Any, model: Any) -> None:
    """Replace the matrices of a model's dense layers by int8 ones, in place.

    Args:
        openvino: the module.
        model: read and not compiled yet.
    """
    operators = openvino.opset13
    for node in model.get_ordered_ops():
        if node.get_type_name() != "MatMul":
            continue
        constant = node.input_value(1).get_node()
        if constant.get_type_name() != "Constant" or constant.data.size < _SMALLEST:
            continue
        inner = 1 if node.get_attributes()["transpose_b"] else 0
        weights = constant.data.astype(np.float32)
        scale = np.maximum(np.abs(weights).max(axis=inner, keepdims=True) / 127, 1e-12)
        rounded = operators.constant(np.round(weights / scale).astype(np.int8))
        scaled = operators.multiply(operators.convert(rounded, "f32"), operators.constant(scale))
        node.input(1).replace_source_output(scaled.output(0))
