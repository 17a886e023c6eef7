"""A tiny encoder, made on the spot: each word adds its own numbers to the outputs. Real files, read by the real libraries."""

import json
from pathlib import Path

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper, save
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

NAMES = ["negative", "neutral", "positive"]
WEIGHTS = {
    "cher": [3, 0, -3], "nul": [4, 0, -4], "parfait": [-4, 0, 4], "accueil": [-1, 0, 1], "mais": [0, 1, 0],
    "great": [-4, 0, 4], "slow": [3, 0, -3],
}  # fmt: skip


def encoder(folder: Path, weights=None, labels=None, config=None, name="model.onnx", longest=None) -> Path:
    """Writes tokenizer.json, the model, and labels.json or config.json."""
    weights = WEIGHTS if weights is None else weights
    width = len(next(iter(weights.values())))
    words = {"[UNK]": 0, "[PAD]": 1, "[CLS]": 2, "[SEP]": 3} | {
        word: at for at, word in enumerate(weights, start=4)
    }
    tokens = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    tokens.normalizer = normalizers.Lowercase()
    tokens.pre_tokenizer = pre_tokenizers.Whitespace()
    tokens.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokens.enable_padding(pad_id=1)
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    tokens.save(str(folder / "tokenizer.json"))
    table = np.zeros((len(words), width), np.float32)
    for word, numbers in weights.items():
        table[words[word]] = numbers
    table[1] = 50  # padding would win if the mask were not used
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["said"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last"], ["wide"]),
        helper.make_node("Mul", ["said", "wide"], ["kept"]),
        helper.make_node("ReduceSum", ["kept", "along"], ["logits"], keepdims=0),
    ]
    held = [(table, "table"), (np.array([2]), "last"), (np.array([1]), "along")]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [
            helper.make_tensor_value_info(n, TensorProto.INT64, ["b", "s"])
            for n in ("input_ids", "attention_mask")
        ],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["b", width])],
        [numpy_helper.from_array(array, n) for array, n in held],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    checker.check_model(model)
    save(model, str(folder / name))
    if config is not None or labels is None:
        told = {"id2label": {str(i): n for i, n in enumerate(NAMES)}, "max_position_embeddings": 512}
        (folder / "config.json").write_text(json.dumps(told if config is None else config), "utf-8")
    if labels is not None:
        (folder / "labels.json").write_text(json.dumps(labels), "utf-8")
    return folder
