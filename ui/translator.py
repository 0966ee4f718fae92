"""Qt's own words ("Cancel", "Copy") in Indonesian: Qt ships no `qtbase_id.qm`.

The table stands with the other words, `resources/words/<language>/qt.toml`, keyed by Qt's source.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTranslator

from desktop.words import Words

PREFIX = "qt."


class WordsTranslator(QTranslator):
    """Looks Qt's sources up among our words."""

    def __init__(self, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table = {
            message_id.removeprefix(PREFIX): words.template(message_id)
            for message_id in words.early_ids()
            if message_id.startswith(PREFIX)
        }

    def isEmpty(self) -> bool:
        return not self._table

    def translate(
        self,
        context: str,
        sourceText: str,
        disambiguation: str | None = None,
        n: int = -1,
    ) -> str | None:
        return self._table.get(sourceText)
