"""How to train reader, judge and retriever: repeatably, and apart from running Pressmark.

``make train`` runs this in an environment of its own, the only one with torch. Modules that need no
torch (data, tokens, schedule, export, record) import none, so that the tests can run them.
"""
