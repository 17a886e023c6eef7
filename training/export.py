"""Writes what was learned as the artefact of the package: whole numbers, a card, a digest."""

import hashlib
import io
import json
from pathlib import Path

import numpy as np

from training.matrix import BLOCKS

MODEL = Path(__file__).parents[1] / "src" / "portevoix" / "label" / "model"


def columns_of(weights, loud):
    """8-bit rows and their column scale: a column's largest weight (but for a thousandth's outliers) becomes 127."""
    rows = weights * loud[:, None]
    top = np.quantile(np.abs(rows), 0.9999, axis=0)
    scale = np.maximum(top, 1e-6) / 127
    return np.clip(np.rint(rows / scale), -127, 127).astype(np.int8), scale.astype(np.float32)


def save(design, groups, last, card, folder=MODEL, version=1, arrays=None):
    """Writes cx.npz and cx.json.

    `groups`: (name, column names, weights [features, columns], bias) in the order of the columns. `last`: the last
    layer, as `last.fit` gives it. `card`: outputs with their cuts and favours. `arrays`: what is stored as it is; words
    and parts that have a vector there (near_word, near_part) are all kept.
    """
    weights = np.hstack([g[2] for g in groups])
    loud = np.concatenate([design.loud[kind] for kind in BLOCKS])
    rows, scale = columns_of(weights, loud)
    stored = {
        "scale": scale,
        "bias": np.concatenate([g[3] for g in groups]).astype(np.float32),
        **(arrays or {}),
    }
    at = 0
    for kind in BLOCKS:
        codes = design.codes[kind]
        mine = rows[at : at + len(codes)]
        at += len(codes)
        useful = (np.abs(mine).max(1) >= 3) | (f"near_{kind}" in stored)
        stored[f"codes_{kind}"] = codes[useful]
        stored[f"rows_{kind}"] = mine[useful]
        stored[f"loud_{kind}"] = np.rint(design.loud[kind][useful] * 64).astype(np.uint8)
    straight, bent, bent_bias, turn, bias = last
    for name, matrix in (("last", straight), ("bent", bent), ("turn", turn)):
        top = np.maximum(np.abs(matrix).max(0), 1e-6) / 127
        stored[name] = np.rint(matrix / top).astype(np.int8)
        stored[f"{name}_scale"] = (top / 16).astype(np.float32)
    stored["bent_bias"], stored["last_bias"] = bent_bias.astype(np.float32), bias.astype(np.float32)
    buffer = io.BytesIO()
    # as they are: the package is compressed all the same, and a process that opens them copies nothing
    np.savez(buffer, **{k: stored[k] for k in sorted(stored)})
    raw = buffer.getvalue()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cx.npz").write_bytes(raw)
    full = {
        "format": 3, "version": version, "sha256": hashlib.sha256(raw).hexdigest(),
        "columns": [{"group": g[0], "names": list(g[1])} for g in groups], **card,
    }  # fmt: skip
    (folder / "cx.json").write_text(json.dumps(full, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return len(raw)
