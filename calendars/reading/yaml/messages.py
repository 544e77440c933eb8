"""`mensaje` of an event: what goes at the head of its mails."""

from __future__ import annotations

from calendars.catalogue import Phrase
from calendars.model.text import OwnWords
from calendars.reading.messages import message
from calendars.reading.problems import Report, Wrong
from calendars.reading.yaml.fields import Fields, scalar
from calendars.reading.yaml.nodes import Node, ScalarNode
from calendars.reading.yaml.schema import MessageForm

_NO_WORDS = Phrase("the message says nothing. Write “es”, “en” or both, or delete the key.")


def own_words(node: Node, report: Report) -> OwnWords:
    """Written once for both languages, or as {es: …, en: …}; one of the two is enough."""
    if isinstance(node, ScalarNode):
        both = message(node.text)
        return OwnWords(es=both, en=both)
    fields = Fields(node, MessageForm, report)
    es, en = fields.read("es", scalar(message)), fields.read("en", scalar(message))
    fields.finish()
    if es is None and en is None:
        raise Wrong("missing-key", _NO_WORDS, value="es")
    return OwnWords(es=es, en=en)
