"""What looks like a secret: the one question that all rules ask of a text. No list of words is needed for it."""

from __future__ import annotations

import re

_WORD = re.compile(r"[a-z]{1,20}|[A-Z]{2,20}(?![a-z])|[A-Z][a-z]{0,19}|[0-9]{1,4}")
_PATH = re.compile(r"(?:[~.]{0,2}/|[A-Za-z]:\\)[\w./\\ -]*|[\w./-]*\.[a-z]{1,5}")
_PLACE = re.compile(r"\{.*\}|%\w|%\(\w+\)s|\$\{?\w+\}?|<.*>|\[.*\]|:\w+|\*+|[x*.…-]+|\?", re.IGNORECASE)
_FIELD = re.compile(r"\{[^{}]*\}")
_APART = re.compile(r"[^A-Za-z0-9]+")
_SOLID = re.compile("[A-Za-z0-9]{3}")

_LONG = 200  # characters: no word or name is as long


def is_given(text: str) -> bool:
    """Return whether a text is something, and not the place where something goes."""
    return bool(text) and not (len(text) < _LONG and _PLACE.fullmatch(text))


def looks_secret(text: str, least: int = 8, strict: bool = False) -> bool:
    """Return whether a text has that many characters or more, no blanks, and is not made of words, a path, or a place to fill.

    To be `strict` is to take a word with a number at its end, such as `tokenizer2`, for no word: passwords look like that.
    """
    if len(text) < least or len(text.split(None, 1)[0] if text.strip() else "") != len(text) or not is_given(text):
        return False
    if not _SOLID.search(text) or "://" in text:
        return False
    if len(text) >= _LONG:
        return True
    parts = _APART.split(_FIELD.sub("", text))
    if all(map(_is_words, parts)) and not (strict and any(map(_ends_in_digits, parts))):
        return False
    return not (_PATH.fullmatch(text) and sum(map(str.isdigit, text)) < 4)


def _is_words(part: str) -> bool:
    """Return whether letters and digits read as words: `tokenizer2`, `MaxTokens`, `2024`."""
    if part.isdigit() or not part:
        return len(part) <= 4
    if len(part) > 40:
        return False
    words = _WORD.findall(part)
    if "".join(words) != part or any(map(str.isdigit, words[:-1])):
        return False
    letters = [word for word in words if word.isalpha()]
    return len(letters) == 1 or sum(map(len, letters)) >= 3 * len(letters)


def _ends_in_digits(part: str) -> bool:
    return part[-1:].isdigit() and not part.isdigit()
