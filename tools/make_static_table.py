"""Make the table of the static embedder from the weights of all-MiniLM-L6-v2.

    ./run python tools/make_static_table.py MODEL OUT

MODEL is a folder with `model.safetensors` and `vocab.txt` of all-MiniLM-L6-v2; OUT gets `table.npz` and `vocab.txt`.
NumPy only, no randomness, about three minutes on one core.

Every word piece is embedded alone ([CLS] piece [SEP], mean of the three); the rows are centred, cut to 256 principal
components, weighted by how rare the piece is, and rounded to int8 with one scale per row. The encoder is BERT's (Devlin
et al., 2018) written out, the weight that of SIF (Arora et al., 2017), the idea of a table from a transformer that of
model2vec (Tulkens and van Dongen, 2024).
"""

import argparse
import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float32]
Weights = Mapping[str, Numbers]

DIMENSIONS = 256
HEADS, LAYERS = 12, 6
CLS, SEP = 101, 102
FIRST_WORD = 1996  # rows below are unused, special, punctuation or single characters; from here on sorted by frequency
SIF_A = 3e-5  # best of 1e-4, 3e-5 and 1e-5 on the development half of LoCoMo (MODEL_CARD.md)


def read_safetensors(path: Path) -> Weights:
    """Return the float32 tensors of a file by name: a header of JSON, its length before it, then the numbers."""
    raw = path.read_bytes()
    start = 8 + int.from_bytes(raw[:8], "little")
    header = json.loads(raw[8:start])
    weights: dict[str, Numbers] = {}
    for name, tensor in header.items():
        if tensor.get("dtype") == "F32":
            begin, end = tensor["data_offsets"]
            weights[name] = np.frombuffer(raw[start + begin : start + end], np.float32).reshape(tensor["shape"])
    return weights


def encode(weights: Weights, ids: NDArray[np.int64]) -> Numbers:
    """Return one unit-length row of 384 numbers per row of `ids`: BERT's output, its mean over the positions."""

    def linear(x: Numbers, name: str) -> Numbers:
        return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    def norm(x: Numbers, name: str) -> Numbers:
        x = x - x.mean(-1, keepdims=True)
        scaled = x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-12)
        return scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]

    count, length = ids.shape
    x = (
        weights["embeddings.word_embeddings.weight"][ids]
        + weights["embeddings.position_embeddings.weight"][:length]
        + weights["embeddings.token_type_embeddings.weight"][0]
    )
    x = norm(x, "embeddings.LayerNorm")
    for number in range(LAYERS):
        layer = f"encoder.layer.{number}"
        query, key, value = (
            linear(x, f"{layer}.attention.self.{part}").reshape(count, length, HEADS, -1).transpose(0, 2, 1, 3)
            for part in ("query", "key", "value")
        )
        attention = softmax(query @ key.transpose(0, 1, 3, 2) / np.float32(query.shape[-1] ** 0.5))
        mixed = (attention @ value).transpose(0, 2, 1, 3).reshape(x.shape)
        x = norm(x + linear(mixed, f"{layer}.attention.output.dense"), f"{layer}.attention.output.LayerNorm")
        inner = gelu(linear(x, f"{layer}.intermediate.dense"))
        x = norm(x + linear(inner, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")
    rows = x.mean(1)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def softmax(scores: Numbers) -> Numbers:
    """Share 1 over the last axis."""
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def gelu(x: Numbers) -> Numbers:
    """BERT's activation, with the error function after Abramowitz and Stegun 7.1.26 (wrong by less than 1.5e-7)."""
    z = np.abs(x) * np.float32(2**-0.5)
    t = 1 / (1 + np.float32(0.3275911) * z)
    series = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t
    erf = 1 - series * np.exp(-z * z)
    return (0.5 * x * (1 + np.sign(x) * erf)).astype(np.float32)


def principal(rows: Numbers, dimensions: int) -> Numbers:
    """Turn centred rows onto the main axes of the words; an axis points where its largest component is above 0."""
    centred = rows - rows.mean(0)
    axes = np.linalg.svd(centred[FIRST_WORD:], full_matrices=False)[2][:dimensions]
    axes *= np.sign(axes[np.arange(dimensions), np.abs(axes).argmax(1)])[:, None]
    return centred @ axes.T


def rarity(size: int) -> Numbers:
    """Return the SIF weight a / (a + p) of each row as a column, p by Zipf's law from the row's number."""
    rank = np.maximum(np.arange(size, dtype=np.float64) - FIRST_WORD + 3, 2)
    share = 1 / rank
    share /= share.sum()
    return (SIF_A / (SIF_A + share)).astype(np.float32)[:, None]


def make_table(model: Path, out: Path) -> None:
    """Write `table.npz` (`q` int8, `s` float32: row i is q[i] * s[i]) and `vocab.txt` to the folder `out`."""
    weights = read_safetensors(model / "model.safetensors")
    size = (model / "vocab.txt").read_text(encoding="utf-8").count("\n")
    pieces = np.arange(size)
    framed = np.stack([np.full(size, CLS), pieces, np.full(size, SEP)], axis=1)
    rows = np.concatenate([encode(weights, batch) for batch in np.array_split(framed, size // 256)])
    table = principal(rows, DIMENSIONS) * rarity(size)
    scale = np.abs(table).max(1) / 127
    out.mkdir(parents=True, exist_ok=True)
    quantised = np.round(table / scale[:, None]).astype(np.int8)
    np.savez_compressed(out / "table.npz", q=quantised, s=scale.astype(np.float32))
    shutil.copyfile(model / "vocab.txt", out / "vocab.txt")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description="Make the table of the static embedder.")
    arguments.add_argument("model", type=Path, help="folder with model.safetensors and vocab.txt of all-MiniLM-L6-v2")
    arguments.add_argument("out", type=Path, help="folder for table.npz and vocab.txt")
    chosen = arguments.parse_args()
    make_table(chosen.model, chosen.out)
