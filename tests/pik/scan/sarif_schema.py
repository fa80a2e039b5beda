"""What SARIF 2.1.0 says about the objects that are written: which properties they have, and of what kind.

Written after section 3 of the standard, and no more than is used: a property that is not here is a mistake here.
"""

from __future__ import annotations

from typing import Any


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


_TEXT = {"type": "string", "minLength": 1}
_INDEX = {"type": "integer", "minimum": 0}
_LEVEL = {"enum": ["none", "note", "warning", "error"]}
_MESSAGE = _object(["text"], text=_TEXT)
#: 3.4: a reference by RFC 3986, whose base is one of `originalUriBaseIds` or left to who reads it.
_ARTIFACT = _object(["uri"], uri={"type": "string", "pattern": r"^[A-Za-z0-9\-._~:/%!$&'()*+,;=@]+$"}, uriBaseId=_TEXT)
_REGION = _object(["byteOffset"], byteOffset={"type": "integer", "minimum": 0})
_LOCATION = _object(
    ["physicalLocation"], physicalLocation=_object(["artifactLocation"], artifactLocation=_ARTIFACT, region=_REGION)
)
_RULE = _object(
    ["id"], id={"type": "string", "pattern": "^[a-z-]+$"}, shortDescription=_MESSAGE, help=_MESSAGE,
    defaultConfiguration=_object([], level=_LEVEL),
)  # fmt: skip
_RESULT = _object(
    ["message"],
    ruleId=_TEXT,
    ruleIndex=_INDEX,
    level=_LEVEL,
    message=_MESSAGE,
    locations={"type": "array", "items": _LOCATION},
)
_DRIVER = _object(
    ["name"], name=_TEXT, version=_TEXT, informationUri={"type": "string", "format": "uri"},
    rules={"type": "array", "uniqueItems": True, "items": _RULE},
)  # fmt: skip
_RUN = _object(
    ["tool"], tool=_object(["driver"], driver=_DRIVER), results={"type": "array", "items": _RESULT},
    invocations={
        "type": "array",
        "items": _object(["executionSuccessful"], executionSuccessful={"type": "boolean"}, exitCode={"type": "integer"}),
    },
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
)  # fmt: skip

SCHEMA: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    **_object(
        ["version", "runs"], version={"enum": ["2.1.0"]}, runs={"type": "array", "items": _RUN},
        **{"$schema": {"type": "string", "format": "uri"}},
    ),
}  # fmt: skip
