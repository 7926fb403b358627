"""How easy participants' and trainers' texts are to read, per language: `python tools/readability.py`.

Flesch reading ease with each language's own constants; higher is easier. About 60 and more is plain language. Sources:
Flesch 1948 (English), Douma 1960 (Dutch), Kandel and Moles 1958 (French). Syllables by pyphen's hyphenation patterns,
which find a few syllables less than the ear does.
"""

from __future__ import annotations

import re
import statistics
import sys
from pathlib import Path

import pyphen

from handbook.library import Library
from handbook.load import load
from handbook.model import LANGUAGES
from handbook.style import passages, sentences, words_in

ENOUGH = 60  # words; shorter texts say nothing


def texts(library: Library, language: str, trainer: bool) -> dict[str, str]:
    """The sentences of each page for participants, or of its trainer blocks, without table cells and headings."""
    found = {}
    for article in library.articles():
        body = article.bodies.get(language)
        if body is None:
            continue
        parts = [
            sentence
            for passage in passages(body.nodes)
            if passage.trainer == trainer
            for sentence in sentences(passage.text)
            if words_in(sentence) > 2
        ]
        text = " ".join(part if part[-1] in ".!?" else f"{part}." for part in parts)
        if words_in(text) >= ENOUGH:
            found[body.file] = text
    return found


FORMULAS = {"en": (206.835, 1.015, 84.6), "nl": (206.84, 0.93, 77.0), "fr": (207.0, 1.015, 73.6)}
PATTERNS = {"en": "en_GB", "nl": "nl_NL", "fr": "fr_FR"}


def ease(text: str, language: str) -> float:
    """Reading ease of a text: a constant, less its sentence length in words, less its word length in syllables."""
    dictionary = pyphen.Pyphen(lang=PATTERNS[language], left=1, right=1)
    words = re.findall(r"[^\W\d_]+", text)
    syllables = sum(len(dictionary.positions(word)) + 1 for word in words)
    start, per_sentence, per_word = FORMULAS[language]
    return start - per_sentence * len(words) / len(sentences(text)) - per_word * syllables / len(words)


def main() -> int:
    """Print a table of medians, and the hardest pages."""
    library, _ = load(Path.cwd())
    if library is None:
        return 1
    print("| language | text | pages | median ease | hardest tenth | words a sentence |\n|---|---|---|---|---|---|")
    hardest = []
    for language in LANGUAGES:
        for trainer in (False, True):
            found = texts(library, language, trainer)
            scores_of = {file: ease(text, language) for file, text in found.items()}
            length = [words_in(text) / max(1, len(sentences(text))) for text in found.values()]
            scores = sorted(scores_of.values())
            kind = "trainer" if trainer else "participant"
            print(
                f"| {language} | {kind} | {len(scores_of)} | {statistics.median(scores):.0f} "
                f"| {scores[len(scores) // 10]:.0f} | {statistics.mean(length):.1f} |"
            )
            if not trainer:
                hardest += [(score, file) for file, score in scores_of.items() if score < 50]
    print("\nParticipants' pages under 50:", *(f"{score:.0f} {file}" for score, file in sorted(hardest)), sep="\n  ")
    return 0


if __name__ == "__main__":
    sys.exit(main())
