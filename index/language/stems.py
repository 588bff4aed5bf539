"""Stems: the form that a word is found and compared by, in English and in Russian."""

from functools import cache

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer


def stem(word: str) -> str:
    """The form that a word is found by: lower case, without accents, Snowball-stemmed.

    English (Porter 2) and Russian; each leaves the other's script alone. The word should have
    gone through `index.language.folding.fold`.
    """
    return " ".join(_stemmer().analyze(word))


def stemming(words: TextAnalyzerBuilder) -> TextAnalyzer:
    """An analyser that ends in these stems."""
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
