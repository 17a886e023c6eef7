"""How well `learn` learns a restaurant's themes from SemEval's comments, both languages: `python -m training.semeval`.

French: all of SemEval-2016's sentences. English: SemEval-2015's sentences on restaurants, the only ones at hand with the
same categories. Five folds by review; each is read by a codebook learned from the four others, with the seeds of
`restaurants.toml`, and with nothing but the examples. The figures go to `semeval.json`, which `training.evaluate` puts into
docs/accuracy.md.
"""

import json
import tempfile
import time
import tomllib
from pathlib import Path

import numpy as np

from portevoix.collect.scrub import scrub
from portevoix.label import learn, taught
from portevoix.label.bags import fold_of
from portevoix.label.evaluate import evaluate
from portevoix.label.examples import examples
from portevoix.label.reader import load
from training import corpora

HERE = Path(__file__).parent
FOLDS = 5
SETS = {"fr": "fr_semeval2016_absa", "en": "en_semeval_absa_14_15"}
HEADS = ("theme", "polarity of a right theme", "theme × polarity")


def sentences(lang):
    """The examples of a language, as a file of theirs would be read."""
    rows = [row for row in corpora.rows(SETS[lang]) if row["domain"] == "restaurant"]
    rows = [row for row in rows if "2014" not in row["source"]]
    cells = [(row["id"], row["text"], {"aspects": json.dumps(row["aspects"])}) for row in rows]
    return examples(["aspects"], cells)[0]


def measured(labeller, found, told):
    """Figures over all folds, and the processor's seconds that a fold took to learn."""
    texts = [scrub(example.text) for example in found]
    folds = np.array([fold_of(example.id, FOLDS) for example in found])
    said, spent = [], []
    for fold in range(FOLDS):
        mine, aside = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        began = time.process_time()
        got = learn.learn(labeller, [found[i] for i in mine], [texts[i] for i in mine], "semeval", told)
        spent.append(time.process_time() - began)
        with tempfile.TemporaryDirectory() as folder:
            taught.save(Path(folder), got.card, got.arrays)
            reader = taught.load(folder, labeller)
        said += reader.read([str(i) for i in aside], [texts[i] for i in aside]).to_pylist()
        themes = reader.themes
    said.sort(key=lambda label: int(label["verbatim"]))
    heads = {row["head"]: row for row in evaluate(found, texts, as_table(said), themes)["heads"]}
    figures = {
        head: {key: heads[head][key] for key in ("value", "low", "high", "n")}
        for head in HEADS
        if head in heads
    }
    return figures | {"seconds": float(np.median(spent)), "sentences": len(found)}


def as_table(labels):
    """Labels in the order of their texts."""
    import pyarrow as pa

    from portevoix.nouns import Label
    from portevoix.tables import schema_of

    return pa.Table.from_pylist(labels, schema=schema_of(Label))


def section(found):
    """The part of docs/accuracy.md that tells what `python -m training.semeval` measured."""
    lines = [
        "\n## A team's own codebook: SemEval's restaurants by `learn`\n",
        "Written by `python -m training.semeval`: five folds by review, each read by what the four others taught. Seeds: with",
        "`training/restaurants.toml`, words written down from the categories' names. Polarity: of the themes rightly found.",
        f"Model {found['model']}.\n",
        "| language | seeds | theme, micro-F1 | polarity, accuracy | both, micro-F1 | sentences | processor's seconds to learn |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    for lang, name in (("fr", "French"), ("en", "English")):
        for seeds in ("yes", "no"):
            row = found[lang][seeds]
            cells = [f"{row[h]['value']:.3f} ({row[h]['low']:.3f}–{row[h]['high']:.3f})" for h in HEADS]
            lines.append(
                f"| {name} | {seeds} | {' | '.join(cells)} | {row['sentences']} | {row['seconds']:.1f} |"
            )
    return [*lines, "\nTo reach in French: theme 0.72, polarity 0.84; in English within 0.03 of the French."]


def main():
    labeller = load()
    told = tomllib.loads((HERE / "restaurants.toml").read_text("utf-8"))
    found = {"model": labeller.name}
    for lang in SETS:
        rows = sentences(lang)
        found[lang] = {
            "yes": measured(labeller, rows, told),
            "no": measured(labeller, rows, None),
        }
    (HERE / "semeval.json").write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    print("\n".join(section(found)))


if __name__ == "__main__":
    main()
