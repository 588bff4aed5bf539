"""Recognise, by their form, sentences that state nothing: questions and orders."""

import re

ASKS = re.compile(r"[?？][\"'”’»)\]]*$")
_OBJECT = (
    r"(?:(?:the|a|an|this|that|these|those|your|you|me|us|it|them|all|any|our|every|each|here|"
    r"now|how|why|what|whether)\b|[\"“«'‘])"
)
IMPERATIVE = re.compile(
    r"^\W*(?:(?:please|kindly|remember to|make sure|be sure|do not|don't|never|always|let's) "
    r"(?!(?:he|she|they|we|I|it|you|in|at|on|the|a|an|before|again|had|has|have|did)\b)\w"
    r"|(?:add|answer|ask|break down|buy|call|check|choose|click|compose|consider|contact|create|"
    r"describe|"
    r"develop|discover|don't|donate|download|draft|explain|follow|forget|generate|get|give|help|"
    r"ignore|imagine|include|insert|install|join|keep|learn|leave|let|list|make|open|pay|print|"
    r"provide|read|register|reply|reset|respond|run|say|see|send|share|show|sign up|subscribe|"
    r"summari[sz]e|take|tell|transfer|translate|try|unplug|update|use|verify|visit|watch|write)"
    rf" {_OBJECT})",
    re.IGNORECASE,
)
