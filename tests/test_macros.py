"""Words that macros print inside sentences, and the order of the glossary, on the real content."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from conftest import REPOSITORY

from handbook.load import load
from handbook.model import Text
from handbook.plan import Handbook, plan
from macros.here import Here
from macros.lists import glossary
from macros.words import term


@pytest.fixture(scope="module")
def french() -> Handbook:
    """Molenbeek's French handbook: half of its pages are not translated."""
    library, _ = load(REPOSITORY)
    assert library
    return plan(library, "sint-jans-molenbeek", "fr", "participant")


def _here(book: Handbook, *, translated: bool) -> Iterator[Here]:
    return (Here(book, page) for page in book.pages if page.body and (page.body.language == "fr") == translated)


def test_a_term_fits_the_sentence_of_a_page_that_is_not_translated(french: Handbook) -> None:
    """An English sentence gets the English word, a French one the French; the definition is for the reader."""
    english, own = next(_here(french, translated=False)), next(_here(french, translated=True))
    assert ">listening talk</a>" in term(english, "listening-talk")
    assert ">entretien d&#39;écoute</a>" in term(own, "listening-talk")
    titles = {re.findall(r'title="([^"]*)"', term(here, "listening-talk"))[0] for here in (english, own)}
    assert len(titles) == 1
    assert english.own(Text({"en": "departments", "fr": "services"})) == "departments"


def test_the_glossary_ignores_accents_and_marks_in_its_order(french: Handbook) -> None:
    """An É stands among the words with an E, as in a dictionary, and not after those with a Z."""
    names = re.findall(r"<dt id=[^>]*>(.*?)</dt>", glossary(next(_here(french, translated=True))))
    first = [name[0].casefold().replace("é", "e") for name in names if name[0].isalpha()]
    assert first == sorted(first)
    assert any(name.startswith("é") for name in names)
