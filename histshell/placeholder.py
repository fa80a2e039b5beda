"""`Placeholder`: what stands in the history at a number whose value is not there."""

from .history import Own

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable


class Placeholder(Own):
    """Stands at the place of a result that is not there any more, or not yet, so that the others keep their numbers.

    Attributes: `number`, and `text`, which says in a word or two, in parentheses, what became of the value. Where more is known:
    `type` (its name), `preview`, `source`, and `hint`, what to do to have it. `load`, if there is one, gives the value.
    """

    __slots__ = ("hint", "load", "number", "preview", "source", "text", "type")

    def __init__(self, number: "int", text: "str" = "(freed)", load: "Callable[[], object] | None" = None) -> "None":
        self.number = number
        self.text = text
        self.load = load
        self.type = self.preview = self.source = self.hint = ""

    def __repr__(self) -> "str":
        from .preview import one_line, sentence

        lines = [f"<result {self.number}: {self.text[1:-1]}"]
        if self.preview:
            lines.append(f"  it was  {one_line(self.preview)}")
        if self.source:
            lines.append(f"  made by  {sentence(self.source, 200)}")
        if self.hint:
            lines.append(f"  {self.hint}")
        return "\n".join(lines) + ">"
