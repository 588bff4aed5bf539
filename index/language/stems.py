"""Stems: the form by which we find and compare a word, in English and in Russian."""

from functools import cache

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer


def stem(word: str) -> str:
    """Stem a word: lower case, without accents, by Snowball.

    English (Porter 2) and Russian; each leaves the other's script alone. Fold the word first with
    `index.language.folding.fold`.
    """
    return " ".join(_stemmer().analyze(word))


def stemming(words: TextAnalyzerBuilder) -> TextAnalyzer:
    """Make an analyser that ends in these stems."""
    return (
        words.filter(Filter.lowercase())
        .filter(Filter.ascii_fold())
        .filter(Filter.stemmer("english"))
        .filter(Filter.stemmer("russian"))
        .build()
    )


@cache
def _stemmer() -> TextAnalyzer:
    return stemming(TextAnalyzerBuilder(Tokenizer.raw()))
