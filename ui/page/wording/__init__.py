"""The languages that the page speaks.

English is in the templates, the scripts and the modules of the page; it is the key under which
``LANGUAGE.po`` beside this file has the words of another language. `catalogues` looks them up,
`negotiation` decides which language a reader gets, `days` words dates. A new language is one more
catalogue, named in `catalogues.LANGUAGES`; ``make wording`` fills it with what is to be translated.
"""
