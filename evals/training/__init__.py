"""How reader, judge and retriever are taught: repeatable, and no part of running Pressmark.

``make train`` runs it in an environment of its own, the only one with torch. What needs no torch
(data, tokens, schedule, export, record) imports none, so that the tests can run it.
"""
