"""Passages tile the body exactly, for our own program and for users of LlamaIndex."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from llama_index.core.ingestion import IngestionPipeline
from llama_index.core.node_parser import TokenTextSplitter
from llama_index.core.schema import BaseNode, Document, NodeRelationship, TextNode

from index.article import Source, Span, SpanKind
from index.articles.cleaning import clean
from index.articles.passages import CEILING_TOKENS, ArticlePassageParser, cut_article, cut_spans
from index.language.model_tokens import count_tokens, encoding
from index.readers.metadata import SourceMetadata

SENTENCES = st.sampled_from(
    ["Alpha.", "Alpha alpha.", "The same sentence comes again and again.", "He left.",
     "The minister said on Friday that the talks would go on for another week in Geneva."]
)  # fmt: skip
PARAGRAPHS = st.lists(SENTENCES, min_size=1, max_size=8).map(" ".join)
PAGES = st.lists(PARAGRAPHS, max_size=14).map("\n\n".join)
LONG = "The same long paragraph stands here twice, said the minister, and nobody minded. " * 9


def text_nodes(nodes: list[BaseNode]) -> list[TextNode]:
    assert all(isinstance(node, TextNode) for node in nodes)
    return [node for node in nodes if isinstance(node, TextNode)]


def check_nodes(document: Document, nodes: list[TextNode]) -> None:
    at = 0
    for node in nodes:
        start, end = node.start_char_idx, node.end_char_idx
        assert start is not None
        assert end is not None
        assert document.text[start:end] == node.text
        assert start >= at
        assert node.ref_doc_id == document.doc_id
        at = end


@given(PAGES)
@settings(max_examples=80, deadline=None)
def test_nodes_are_exact_on_repeated_text(text: str) -> None:
    document = Document(text=text)
    parser = ArticlePassageParser(mark_boilerplate=False)
    nodes = text_nodes(parser.get_nodes_from_documents([document]))
    check_nodes(document, nodes)
    assert "".join("".join(node.text.split()) for node in nodes) == "".join(text.split())


@given(st.text(max_size=600))
@settings(max_examples=80, deadline=None)
def test_nodes_are_exact_on_any_text(text: str) -> None:
    document = Document(text=text)
    check_nodes(document, text_nodes(ArticlePassageParser().get_nodes_from_documents([document])))


@given(PAGES)
@settings(max_examples=80, deadline=None)
def test_passages_tile_the_body(text: str) -> None:
    source = Source("src_0", "a.txt", text, "", "text/plain")
    for article in clean(source, SourceMetadata()):
        passages = cut_article(article, source)
        covered = "".join("".join(passage.text.split()) for passage in passages)
        body = "".join(text[span.start : span.end] for span in article.body)
        assert covered == "".join(body.split())
        for passage in passages:
            assert source.text[passage.start : passage.end] == passage.text
            assert passage.passage_id == f"src_0:{passage.start}-{passage.end}"
            assert any(span.contains(passage.span) for span in article.body)
            assert (passage.sentences[0].start, passage.sentences[-1].end) == (
                passage.start,
                passage.end,
            )
            assert sum(count_tokens(list(passage.sentence_texts()))) <= CEILING_TOKENS


def test_a_repeated_paragraph_has_its_own_offsets() -> None:
    document = Document(text="\n\n".join([LONG.strip()] * 3))
    nodes = text_nodes(ArticlePassageParser().get_nodes_from_documents([document]))
    assert [node.start_char_idx for node in nodes] == [0, len(LONG) + 1, 2 * len(LONG) + 2]
    check_nodes(document, nodes)


def test_passages_are_of_even_size_and_leave_no_scrap() -> None:
    text = "\n\n".join(["A sentence of about ten words stands here for the test."] * 41)
    source = Source("src_0", "a.txt", text, "", "text/plain")
    (article,) = clean(source, SourceMetadata())
    sizes = [count_tokens([passage.text])[0] for passage in cut_article(article, source)]
    assert all(90 <= size <= 200 for size in sizes), sizes


def test_a_passage_prefers_to_end_with_its_paragraph() -> None:
    paragraph = " ".join(["The minister said that the talks would go on for a week."] * 10)
    text = f"{paragraph}\n\n{paragraph}"
    (first, _), (second, _) = cut_spans(text, [Span(0, len(text))])
    assert (first.end, second.start) == (len(paragraph), len(paragraph) + 2)


def test_no_passage_crosses_furniture() -> None:
    text = (
        "He said on Friday that he would go.\n\nRead more\n\nShe said on Monday that he had gone."
    )
    source = Source("src_0", "a.txt", text, "", "text/plain")
    (article,) = clean(source, SourceMetadata())
    assert [span.kind for span in article.spans].count(SpanKind.NAVIGATION) == 1
    assert len(cut_article(article, source)) == 2


def test_what_a_llamaindex_user_expects_is_there() -> None:
    documents = [
        Document(text="\n\n".join([LONG] * 3), metadata={"lang": "en"}, id_="one"),
        Document(text=LONG, id_="two"),
    ]
    nodes = text_nodes(ArticlePassageParser().get_nodes_from_documents(documents))
    one = [node for node in nodes if node.ref_doc_id == "one"]
    assert {node.ref_doc_id for node in nodes} == {"one", "two"}
    assert all(node.metadata == {"lang": "en"} for node in one)
    assert one[0].prev_node is None
    assert one[-1].next_node is None
    assert [node.next_node.node_id for node in one[:-1] if node.next_node] == [
        node.node_id for node in one[1:]
    ]
    assert one[0].relationships[NodeRelationship.SOURCE].node_id == "one"  # type: ignore[union-attr]
    assert len({node.node_id for node in nodes}) == len(nodes)


def test_the_parser_says_what_it_is() -> None:
    stored = ArticlePassageParser(language="ru").to_dict()
    assert stored["class_name"] == "ArticlePassageParser"
    assert (stored["language"], stored["mark_boilerplate"]) == ("ru", True)


def test_offsets_survive_a_pipeline_with_another_splitter_before() -> None:
    document = Document(text="\n\n".join(f"{LONG} Part {n}." for n in range(4)))
    pipeline = IngestionPipeline(
        transformations=[TokenTextSplitter(chunk_size=400, chunk_overlap=0), ArticlePassageParser()]
    )
    for node in text_nodes(list(pipeline.run(documents=[document]))):
        start, end = node.start_char_idx, node.end_char_idx
        assert start is not None
        assert document.text[start:end] == node.text


def test_the_environment_is_left_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", "/nowhere")
    encoding.cache_clear()
    assert count_tokens(["one two"]) == [2]
    assert os.environ["TIKTOKEN_CACHE_DIR"] == "/nowhere"
    with pytest.raises(ValueError, match="at hand"):
        encoding("p50k_base")
