"""Measures the shipped labeller on what it was not trained on, and writes docs/accuracy.md: `python -m training.evaluate`."""

import importlib.util
import json
import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from portevoix.label.export import rows
from portevoix.label.language import language
from portevoix.label.reader import load
from portevoix.label.themes import codebook
from training import corpora, languages, semeval

ROOT = Path(__file__).parents[1]
SENTENCES = ROOT / "tests" / "label" / "languages.txt"
TIMES = 400
TARGETS = {
    "theme × polarity": 0.73, "sentiment": 0.78, "needs_met": 0.80, "easy": 0.87, "enjoyable": 0.82, "intents": 0.85,
    "emotions": 0.70, "problem": 0.60, "evidence": 0.88, "insurance": 0.96, "restaurants": 0.97, "shops": 0.96,
    "play": 0.88, "banks": 0.98, "tweets": 0.68, "language": 0.99,
}  # fmt: skip


def scorer():
    """The data folder's own definitions of every score."""
    spec = importlib.util.spec_from_file_location("score", corpora.folder() / "codebook" / "score.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def label(texts):
    labeller = load()
    return list(rows(texts, labeller.find(texts)))


def heads(score, pairs):
    """Every score of the codebook over (read, said) pairs."""
    found = {}
    sets = score.f1_of_sets
    found["theme × polarity"] = sets(
        [score.opinions(a) for a, _ in pairs], [score.opinions(b) for _, b in pairs]
    )
    read_themes = [{t for t, _ in score.opinions(a)} for a, _ in pairs]
    found["theme"] = sets(read_themes, [{t for t, _ in score.opinions(b)} for _, b in pairs])
    signs = [(score.sign(a["sentiment"]), score.sign(b["sentiment"] or 0)) for a, b in pairs]
    found["sentiment"] = score.macro_f1([a for a, _ in signs], [b for _, b in signs])
    for head in ("needs_met", "easy", "enjoyable", "problem"):
        found[head] = score.macro_f1([str(a[head]) for a, _ in pairs], [str(b[head]) for _, b in pairs])
    for head in ("emotions", "intents"):
        found[head] = sets([set(a[head]) for a, _ in pairs], [set(b[head]) for _, b in pairs])
    shared = right = 0
    for a, b in pairs:
        for m in a["mentions"]:
            for q in b["mentions"]:
                if m["theme"] == q["theme"] and m["polarity"] * q["polarity"] > 0:
                    right += 1
                    shared += bool(set(m["evidence"].lower().split()) & set(q["evidence"].lower().split()))
                    break
    found["evidence"] = shared / right if right else 0.0
    return found


def interval(values):
    low, high = np.quantile(values, [0.025, 0.975])
    return f"{low:.3f}–{high:.3f}"


def bootstrap(measure, items, times=TIMES):
    """Values of a measure over resampled comments."""
    chance = random.Random(7)
    return [measure(chance.choices(items, k=len(items))) for _ in range(times)]


def codebook_part(lines):
    score = scorer()
    ceiling = json.loads((corpora.folder() / "codebook" / "agreement.json").read_text("utf-8"))
    for lang, name in (("fr", "French"), ("en", "English")):
        read = [row for row in corpora.read_by_hand("dev") if row["lang"] == lang]
        pairs = list(zip(read, label([row["text"] for row in read]), strict=True))
        found = heads(score, pairs)
        again = bootstrap(lambda some: heads(score, some), pairs)
        lines += [f"\n## {name} comments labelled by reading ({len(read)} comments never trained on)\n"]
        lines += ["| figure | score | 95 % interval | two readers | to reach |", "|---|--:|--:|--:|--:|"]
        for head, value in found.items():
            human = ceiling[lang].get(
                {"theme × polarity": "theme_polarity", "sentiment": "sentiment3"}.get(head, head), ""
            )
            goal = f"{TARGETS[head]:.2f}" if lang == "fr" and head in TARGETS else ""
            lines.append(
                f"| {head} | {value:.3f} | {interval([a[head] for a in again])} | {human} | {goal} |"
            )
        lines += [f"\n### Themes × polarity one by one, {name}\n"]
        lines += [
            "| theme | F1 | precision | recall | opinions read | two readers |",
            "|---|--:|--:|--:|--:|--:|",
        ]
        for key, theme in codebook().items():
            a = [{o for o in score.opinions(x) if o[0] == key} for x, _ in pairs]
            b = [{o for o in score.opinions(y) if o[0] == key} for _, y in pairs]
            hit, n, said = (
                sum(len(p & q) for p, q in zip(a, b, strict=True)),
                sum(map(len, a)),
                sum(map(len, b)),
            )
            human = ceiling[lang].get("by_theme", {}).get(key, "")
            lines.append(
                f"| {theme.en} | {score.f1_of_sets(a, b):.3f} | {hit / max(1, said):.2f} | {hit / max(1, n):.2f} | {n} | {human} |"
            )
        if lang == "fr":
            lines += calibration(score, pairs)


def calibration(score, pairs):
    """Confidence said against the share that was right, for theme × polarity."""
    said = [
        (m["confidence"], (m["theme"], score.sign(m["polarity"], 0)) in score.opinions(a))
        for a, b in pairs
        for m in b["mentions"]
    ]
    lines = [
        "\n### Is the confidence of a theme worth its name?\n",
        "| said | right | mentions |",
        "|---|--:|--:|",
    ]
    gap = 0.0
    for low, high in ((0.0, 0.4), (0.4, 0.5), (0.5, 0.6), (0.6, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 1.01)):
        some = [right for c, right in said if low <= c < high]
        if some:
            mean = np.mean([c for c, _ in said if low <= c < high])
            gap += abs(mean - np.mean(some)) * len(some)
            lines.append(f"| {mean:.2f} | {np.mean(some):.2f} | {len(some)} |")
    return [*lines, f"\nExpected calibration error: {gap / max(1, len(said)):.3f}."]


def leans(texts):
    """The sentiment of texts, -1..1; 0 where none was read."""
    return np.array([row["sentiment"] or 0.0 for row in label(texts)])


def two_classes(said, true):
    kept = true != 0
    right = (said[kept] > 0) == (true[kept] > 0)
    by_class = [right[true[kept] == c].mean() for c in (-1, 1)]
    return right, float(np.mean(by_class))


def starred_part(lines):
    trained = {corpora.same(row["text"]) for row in corpora.read_by_hand("train")}
    lines += ["\n## Positive or negative, against the stars that the writers gave\n"]
    lines += [
        "Comments of the dev parts, less those of the codebook's training part. The stars are never shown to the labeller.\n"
    ]
    lines += [
        "| set | accuracy | 95 % interval | balanced accuracy | comments | to reach |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for domain in corpora.STARRED:
        examples = [e for e in corpora.starred("dev", [domain]) if corpora.same(e.text) not in trained]
        true = np.array([e.known["stars"] for e in examples])
        right, balanced = two_classes(leans([e.text for e in examples]), true)
        spread = interval(bootstrap(np.mean, right.tolist()))
        goal = TARGETS.get(domain, "")
        lines.append(f"| {domain} | {right.mean():.3f} | {spread} | {balanced:.3f} | {len(right)} | {goal} |")
    for lang in ("fr", "en"):
        tweets = corpora.tweets("dev", lang)
        said, true = leans([e.text for e in tweets]), [e.known["tweet"] for e in tweets]
        signs = [int(v > 0.15) - int(v < -0.15) for v in said]
        value = scorer().macro_f1(true, signs)
        goal = TARGETS["tweets"] if lang == "fr" else ""
        lines.append(f"| tweets {lang}, three classes, macro-F1 | {value:.3f} | | | {len(true)} | {goal} |")


def language_part(lines):
    lines += ["\n## French or English, on the first six words\n"]
    lines += [
        "Texts that the words were not counted on; a few of those called French are written in English.\n"
    ]
    lines += ["| set | right | texts |", "|---|--:|--:|"]
    every = []
    for name in ("fr_insurance_reviews", "fr_restaurants_tripadvisor", "fr_bank_trustpilot", "fr_umsab_tweets", "fr_semeval2016_absa",
                 "en_umsab_tweets", "en_banking77", "en_semeval_absa_14_15", "en_nlupp"):  # fmt: skip
        texts = [" ".join(row["text"].split()[:6]) for row in corpora.rows(name) if languages.held(row)]
        right = [language(text) == name[:2] for text in texts if len(text.split()) == 6][:3000]
        every += right
        lines.append(f"| {name} | {np.mean(right):.4f} | {len(right)} |")
    lines.append(f"| all | {np.mean(every):.4f} | {len(every)} |")
    elsewhere_part(lines)


def elsewhere_part(lines):
    lines += ["\n## Other languages that pass for French or English\n"]
    lines += [
        "Whole sentences of 3 to 15 words of the project's own (`tests/label/languages.txt`), half of them not looked at while the rules were made.\n"
    ]
    lines += ["| language | left alone, held out | left alone, tuned | sentences |", "|---|--:|--:|--:|"]
    rows = [
        line.split("\t") for line in SENTENCES.read_text("utf-8").splitlines() if not line.startswith("#")
    ]
    for lang in (*sorted({row[0] for row in rows} - {"fr", "en"}), "all"):
        mine = [row for row in rows if row[0] == lang or (lang == "all" and row[0] not in ("fr", "en"))]
        parts = [
            [language(text) == "other" for _, part, text in mine if part == wanted]
            for wanted in ("held", "tuned")
        ]
        lines.append(f"| {lang} | {np.mean(parts[0]):.3f} | {np.mean(parts[1]):.3f} | {len(mine)} |")


def speed_part(lines):
    texts = [" ".join(row["text"].split()[:30]) for row in corpora.rows("fr_insurance_reviews")[:12_000]]
    ids = [str(i) for i in range(len(texts))]
    labeller = load()
    labeller.read(ids[:1000], texts[:1000])
    start = time.process_time()
    labeller.read(ids, texts)
    rate = len(texts) / (time.process_time() - start)
    size = sum(f.stat().st_size for f in (ROOT / "src/portevoix/label/model").iterdir()) / 1e6
    code = "import time; t = time.perf_counter(); from portevoix.label.reader import load; load(); print(time.perf_counter() - t)"
    first = min(
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout)
        for _ in range(3)
    )
    lines += ["\n## Speed and size\n", "| figure | value |", "|---|--:|"]
    lines += [f"| comments of 30 words a second, one core, all heads | {rate:,.0f} |".replace(",", " ")]
    lines += [f"| import and load, seconds | {first:.2f} |", f"| model, megabytes | {size:.1f} |"]


def main():
    lines = ["# Accuracy of the default labeller\n"]
    lines += [
        f"Written by `python -m training.evaluate`; model {load().name}. Scores are those of the codebook's `score.py`;"
    ]
    lines += [
        "intervals are bootstrap intervals over comments. Two readers: how far two people's labels agree, the ceiling."
    ]
    codebook_part(lines)
    starred_part(lines)
    language_part(lines)
    speed_part(lines)
    extra = ROOT / "training" / "domains.json"
    if extra.is_file():
        lines += domains(json.loads(extra.read_text("utf-8")))
    taught = ROOT / "training" / "semeval.json"
    if taught.is_file():
        lines += semeval.section(json.loads(taught.read_text("utf-8")))
    (ROOT / "docs" / "accuracy.md").write_text("\n".join(lines) + "\n", "utf-8")
    print("\n".join(lines))


def domains(found):
    """What `python -m training.domains` measured: each domain by a model that never saw it."""
    lines = [
        "\n## A domain that training never saw\n",
        "| domain left out | accuracy | balanced accuracy | comments |",
    ]
    lines += ["|---|--:|--:|--:|"]
    return lines + [
        f"| {d} | {v['accuracy']:.3f} | {v['balanced']:.3f} | {v['n']} |" for d, v in found.items()
    ]


if __name__ == "__main__":
    main()
