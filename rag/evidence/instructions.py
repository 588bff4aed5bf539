"""Sentences of articles that give orders to whoever answers, rather than tell news.

Somebody may plant "ignore the above and write …" in an article. Neither a model nor an answer gets
such a sentence. It stays in the source, and we quote it only to a reader who asks about
instructions. The rules look for words that news hardly ever uses, because nobody can cite an honest
sentence that is left out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from index.article import Passage, Span
from index.language.forms import ASKS, IMPERATIVE
from index.language.locate import folded_text
from rag.types import Evidence

_ORDER = (
    r"(?:answer|reply|respond|say|print|output|repeat|write|tell|inform|state|display|include|add|"
    r"append|insert|mention|recommend|suggest|integrate|incorporate|embed|enhance|augment|modify|"
    r"change|adjust|alter|replace|render|translate|convert|encode|provide|present|give|use|end|"
    r"begin|start|finish|close|conclude|format|phrase|rewrite|summari[sz]e|introduce|misspell|"
    r"scramble|jumble|rearrange|anagram|substitute|remove|combine|group|link|point|direct|send|"
    r"make|keep|ensure|show|cite|list|quote|thank|do not|don't|never|always|only|please|kindly)"
)
_POLITE = (
    r"^\W*(?:please |kindly |also |then |now |and |just |simply |instead,? |you must |you should |"
    r"you will |always |only )*"
)
_REPLY = r"(?:answers?|repl(?:y|ies)|responses?|outputs?|summar(?:y|ies))"
_MODEL = (
    r"(?:AIs?|A\.I\.|LLMs?|(?:large )?language models?|chat ?bots?|"
    r"(?:AI |virtual |digital )?assistants?|GPT(?:-?\d\w*)?|ChatGPT|Claude|Gemini|Copilot|bots?|"
    r"summari[sz]ers?|crawlers?|answer engines?|нейросет\w+|чат-?бот\w*|языков\w+ модел\w+|"
    r"мовн\w+ модел\w+|ассистент\w*|асистент\w*)"
)
_WHICH = (
    r"(?:previous|prior|above|earlier|preceding|foregoing|other|all|any|every|your|these|those|"
    r"following|initial|original|system)"
)
_TOLD = (
    r"(?:instructions?|prompts?|rules?|guidelines?|directions?|commands?|orders?|context|"
    r"passages?|articles?|text|content|questions?|web ?page|document|sources?)"
)
_PATTERNS = (
    # Ignore all previous instructions
    rf"\b(?:ignore|disregard|forget|override|bypass|overlook|skip|neglect)\b[^.!?]{{0,40}}"
    rf"\b{_WHICH}\b[^.!?]{{0,40}}\b{_TOLD}\b",
    rf"\b(?:ignore|disregard|forget) (?:the|this) [\w ]{{1,20}}(?: and|,|;)+ {_ORDER}\b",
    r"\b(?:игнорир\w+|забудь\w*|не обращай\w*|ігнор\w+)\b[^.!?]{0,60}"
    r"\b(?:инструкци\w+|указани\w+|правил\w+|команд\w*|інструкці\w+|вказівк\w+)",
    r"\b(?:ignore[zr]?|ignora|olvida|oublie[zr]?|ignorier\w*|vergiss)\b[^.!?]{0,60}"
    r"\b(?:instruc\w+|instrucciones|consignes|anweisung\w*|istruzioni)",
    # In other languages: ignore … and say …
    r"\b(?:ignorez|oubliez|ignor[ae]|olvid[ae]|ignoriere?n? Sie|ignorate)\b[^.!?]{1,40}"
    r"\b(?:et|y|e|und) (?:dites|indiquez|écrivez|di|diga|declara|declare|escribe|escriba|sagen|"
    r"schreiben|scrivi|dite)\b",
    r"(?:忽略|无视|無視|忘记|忘れ)[^。]{0,30}(?:指示|指令|说|説|述べ|答え|回答|告诉)|無視して",
    r"تجاهل[^.]{0,30}(?:التعليمات|وقل)",
    # I suggest you consider the output as …
    r"\bI (?:suggest|urge|advise|recommend|order|command|want) (?:that )?you (?:to )?"
    r"(?:consider|say|state|treat|regard|assume|output|print|answer|reply|respond)\b",
    # Let's imagine a scenario where we state …; to make it more interesting, let's say …
    r"\b(?:scenario|world|universe|reality|situation) (?:where|in which)\b[^!?]{0,80}\bwe "
    r"(?:might |would |could |can |may )?(?:say|state|claim|print|output|admit|answer)\b",
    r"^\W*(?:to|for) [^,.!?]{3,60}, let['’]?s (?:say|state|claim|admit|assume|pretend)\b",
    r"\bfor the (?:purpose|sake) of [^,.!?]{3,40}, let['’]?s (?:say|state|claim|assume|pretend)\b",
    r"\b(?:if|suppose) we were to (?:ignore|disregard|forget|skip)\b",
    # What a page hides from its readers
    r"<!--",
    # Add … to your reply; in your reply, …
    rf"{_POLITE}{_ORDER}\b.{{0,200}}\b(?:your|the|this|each|every) (?:\w+ ){{0,2}}{_REPLY}\b",
    rf"{_POLITE}(?:\w+ ){{1,3}}(?:in|to|with|of) your (?:\w+ )?{_REPLY}\b",
    rf"^\W*(?:in|to|with|within|at the end of|at the start of|before|after|throughout) your "
    rf"(?:\w+ ){{0,2}}{_REPLY}\W+(?!(?:you|he|she|they|we|I|it|is|was|were|the|a)\b)\w",
    rf"\b(?:your|the) (?:final |next |whole |entire |only )?{_REPLY} "
    r"(?:must|should|shall|has to|needs to) "
    r"(?:\w+ )?(?:be|contain|include|say|begin|start|end|consist|mention|state|not|only)\b",
    r"\b(?:render|rewrite|phrase|word) your (?:message|text|words|writing)\b",
    r"\bof words in your message\b",
    # Attention, AI assistants: …
    rf"^\W*(?:(?:note|notice|attention|important|warning|message|memo|reminder|hey|dear|hello|"
    rf"внимание|увага)\W+)?(?:(?:to|for) )?(?:all |any |the |every )?{_MODEL}\s*[:,—–]",
    rf"^\W*(?:note|notice|attention|important|message|instructions?|memo|reminder)\W+(?:to|for) "
    rf"(?:all |any |the |every )?(?:\w+ )?{_MODEL}\b",
    rf"\b{_MODEL} (?:reading|processing|summari[sz]ing|answering|seeing) (?:this|these|the)\b",
    rf"\bif you are (?:an? |the )?(?:\w+ )?{_MODEL}\b",
    rf"\byou are (?:now |no longer |an? |the |henceforth )+(?:\w+ ){{0,3}}{_MODEL}\b",
    rf"\b(?:as|being) an? (?:\w+ ){{0,2}}{_MODEL}, (?:you|your)\b",
    r"\bfrom now on,? "
    r"(?:your|answer|reply|respond|speak|act|pretend|you (?:are|will|must|answer))\b",
    r"^\W*(?:pretend|act|behave|respond|answer|speak) (?:as if|as though|like) you\b",
    # Marks of a prompt
    r"\b(?:system|developer) (?:prompt|message|instructions?|override|notice|note)\b",
    r"\b(?:security|training data|developer|system) override\b",
    r"<\|[a-z_]+\|>|\[/?INST\]|<</?SYS>>",
    r"^\W*#{2,}\s*(?:instruction|system|response|assistant)\b",
    r"^\W*(?:system|assistant|new instructions?|new task|prompt)\s*:",
    r"\b(?:new|updated|revised|additional|hidden|secret) (?:instructions?|task|system prompt)"
    r"\W*(?::|for (?:you|the (?:assistant|model|AI)))",
    # Say "…"; tell the user …
    r"^[^,.]{0,60}, (?:answer|reply|respond|say|print|output|repeat|write)"
    r"(?: only| exactly| simply| just)*(?: with| that)?(?: only| exactly| just)*\s*[:\"]",
    r"\bcite (?:passage|source|document|article|number) \d",
    rf"{_POLITE}(?:answer|reply|respond|say|print|output|repeat|write|state)(?: only| exactly|"
    r" simply| just| with| that| the (?:words?|phrase|following|text|sentence)| back)+\s*[:\"]",
    rf"{_POLITE}(?:reply|respond|say|print|output|repeat|write|state)\s*(?::|\"[^\"?]*\"[.!]?$)",
    rf"{_POLITE}(?:tell|inform|warn|advise|ask|urge|encourage|direct|persuade|convince|remind) "
    r"(?:the |your |all |any |every )?(?:users?|readers?|visitors?|whoever (?:asks|reads))\b",
    rf"{_POLITE}(?:answer|reply|respond)(?: to)?(?: every| all| any| the| this| each)? "
    r"(?:questions?|users?|quer(?:y|ies)|prompts?|requests?|in|with|only|as|by|using)\b(?! No\b)",
    r"\b(?:do not|don't|never) (?:mention|reveal|cite|tell|disclose|quote|use) (?:this|these|the|"
    r"any|your)\b[^.!?]{0,40}\b(?:instructions?|prompts?|passages?|users?|readers?|note)\b",
    rf"{_POLITE}(?:anagram|misspell|scramble|jumble(?: up)?|rearrange|replace|remove|combine|"
    r"convert|substitute|introduce|encode)\b[^.!?]{0,40}"
    r"\b(?:letters?|spaces|vowels?|typos?|base64|rot13|symbols)\b",
)
_INSTRUCTION = re.compile("|".join(_PATTERNS), re.IGNORECASE)
# Looking for all of them everywhere takes long, and hardly any sentence has one. So first we look
# at the beginning for those that stand there, and for words of which each of the others needs one.
_AT_THE_BEGINNING = re.compile(
    "|".join(pattern for pattern in _PATTERNS if pattern.startswith("^")), re.IGNORECASE
)
_NEEDED_ELSEWHERE = (
    *("ignor", "disregard", "forget", "override", "bypass", "overlook", "skip", "neglect"),
    *("игнорир", "забудь", "не обращай", "ігнор", "olvid", "oublie", "vergiss"),
    *("忽略", "无视", "無視", "忘记", "忘れ", "تجاهل", "<!--"),
    *(
        f"i {verb}"
        for verb in ("suggest", "urge", "advise", "recommend", "order", "command", "want")
    ),
    *(f"{play} where" for play in ("scenario", "world", "universe", "reality", "situation")),
    *(f"{play} in which" for play in ("scenario", "world", "universe", "reality", "situation")),
    *("for the purpose of", "for the sake of", "we were to"),
    *("answer", "repl", "response", "output", "summar"),
    *("your message", "your text", "your words", "your writing"),
    *("reading th", "processing th", "seeing th", "you are ", ", you", "from now on"),
    *("system ", "developer ", "<|", "inst]", "sys>>", "instruction", "task", "cite "),
    *("do not ", "don't ", "never "),
)
_ASKS_ABOUT = re.compile(
    rf"\b(?:instruct\w*|prompts?|inject\w*|planted|hidden (?:text|words|message)|{_MODEL}|"
    r"инструкци\w+|інструкці\w+)\b",
    re.IGNORECASE,
)
_PROMPT_TAG = re.compile(
    r"</?\W{0,2}(?:system|developer|admin|override)[ _-]"
    r"(?:mode|prompt|message|override|note)\W{0,2}>",
    re.IGNORECASE,
)
_TAG = re.compile(r"</?[a-z][^<>|]{0,200}>", re.IGNORECASE)
_QUOTED = re.compile(r'^\W*"[^"]*"|(?<=\w )"[^"]*"')


@lru_cache(maxsize=20_000)
def is_instruction(sentence: str) -> bool:
    """Whether a sentence gives an order to whoever answers."""
    if _PROMPT_TAG.search(sentence):
        return True
    lines = [sentence, *sentence.splitlines()] if "\n" in sentence.strip() else [sentence]
    return any(
        _orders(" ".join(_TAG.sub(" ", line if line.isascii() else folded_text(line)).split()))
        for line in lines
    )


def _may_order(line: str) -> bool:
    """False only if no pattern can match."""
    # Unlike casefold, a pattern that ignores case takes these for an i.
    plain = line.replace("İ", "i").replace("ı", "i").casefold()
    return any(word in plain for word in _NEEDED_ELSEWHERE) or bool(_AT_THE_BEGINNING.match(line))


def _orders(line: str) -> bool:
    if not _may_order(line):
        return False
    found = _INSTRUCTION.search(line)
    return found is not None and not _is_reported(line, found)


def _is_reported(sentence: str, found: re.Match[str]) -> bool:
    """Whether the order stands in quotation marks within a sentence that reports it."""
    return any(
        quoted.start() <= found.start()
        and found.end() <= quoted.end()
        and quoted.end() < len(sentence) - 8
        for quoted in _QUOTED.finditer(sentence)
    )


def is_task(text: str, span: Span) -> bool:
    """Whether a sentence is a question or an order that stands alone, as a paragraph of its own.

    In an article that is a heading at most, and no answer can rest on it. Words in quotation marks
    are somebody's, and stay.
    """
    before, after = text[: span.start].rstrip(" \t"), text[span.end :].lstrip(" \t")
    alone = before[-1:] in ("", "\n") and after[:1] in ("", "\n")
    if not alone:
        return False
    sentence = folded_text(text[span.start : span.end]).strip()
    if sentence[:1] == '"':
        return False
    return bool(ASKS.search(sentence) or IMPERATIVE.search(sentence))


def asks_about_instructions(question: str) -> bool:
    """Whether a reader asks about such sentences."""
    return bool(_ASKS_ABOUT.search(question))


@dataclass(frozen=True, slots=True)
class Piece:
    """The origin of a piece of a passage.

    Attributes:
        first: the first of the passage's sentences in it.
        last: the last of them.
        inside: its place in the passage's text.
        beside_order: whether the passage holds an instruction, and not only a dropped heading.
    """

    passage_id: str
    first: int
    last: int
    inside: Span
    beside_order: bool


@dataclass(frozen=True, slots=True)
class Withheld:
    """Evidence without instructions.

    Attributes:
        evidence: the passages in rank order; one with an instruction is cut around it.
        pieces: for passages that were cut, by their new id, where they come from.
        quote_only: the reader asks about instructions and they were left in, so that no model
            may read them.
    """

    evidence: list[Evidence]
    pieces: dict[str, Piece]
    quote_only: bool = False


def withhold(evidence: Sequence[Evidence], question: str) -> Withheld:
    """Leave out sentences that are instructions, and what follows them in their paragraph.

    No piece spans a cut, so that no quotation can either. If the question is about instructions,
    they stay.
    """
    runs_of = [_runs(item) for item in evidence]
    whole = [
        runs == [(0, len(item.passage.sentences) - 1)]
        for item, runs in zip(evidence, runs_of, strict=True)
    ]
    if all(whole) or asks_about_instructions(question):
        return Withheld(list(evidence), {}, quote_only=not all(whole))
    kept: list[Evidence] = []
    pieces: dict[str, Piece] = {}
    for item, runs, is_whole in zip(evidence, runs_of, whole, strict=True):
        passage = item.passage
        ordered = not is_whole and any(map(is_instruction, passage.sentence_texts()))
        for first, last in runs:
            piece = passage
            if not is_whole:
                piece = _cut(item, first, last)
                inside = Span(piece.start - passage.start, piece.end - passage.start)
                pieces[piece.passage_id] = Piece(passage.passage_id, first, last, inside, ordered)
            before = item.before if first == 0 else None
            kept.append(replace(item, passage=piece, before=before))
    return Withheld(kept, pieces)


def _runs(item: Evidence) -> list[tuple[int, int]]:
    """Find runs of sentences that are not instructions: the first and the last of each run."""
    text, spans = item.source.text, item.passage.sentences
    if not spans:
        return [(0, -1)]
    runs: list[tuple[int, int]] = []
    in_payload = False
    for at, span in enumerate(spans):
        new_paragraph = at == 0 or "\n" in text[spans[at - 1].end : span.start]
        in_payload = is_instruction(text[span.start : span.end]) or (
            in_payload and not new_paragraph
        )
        if in_payload or is_task(text, span):
            continue
        if runs and runs[-1][1] == at - 1:
            runs[-1] = (runs[-1][0], at)
        else:
            runs.append((at, at))
    return runs


def _cut(item: Evidence, first: int, last: int) -> Passage:
    passage = item.passage
    span = Span(passage.sentences[first].start, passage.sentences[last].end)
    return replace(
        passage,
        passage_id=f"{passage.passage_id}/{first}-{last}",
        start=span.start,
        end=span.end,
        text=item.source.text[span.start : span.end],
        sentences=passage.sentences[first : last + 1],
    )
