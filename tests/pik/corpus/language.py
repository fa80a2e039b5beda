"""Files of spaCy and NLTK, under Python 3.12. spaCy's own bytes are MessagePack, which is no pickle."""

# mypy: ignore-errors

import kit
from kit import made, pickled


def _words():
    """Make a document with a small vocabulary."""
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

    found = Doc(Vocab(strings=["red", "fox"]), words=["A", "red", "fox"])
    found.user_data["seen"] = 1
    return found


@pickled("spacy-doc.pkl")
def doc():
    return _words()


@pickled("spacy-strings.pkl")
def strings():
    from spacy.strings import StringStore

    return StringStore(["red", "fox"])


def _nothing(path):
    return {}


@made("spacy-docs.spacy", _nothing)
def docs(path):
    from spacy.tokens import DocBin

    packed = DocBin(store_user_data=True)
    packed.add(_words())
    with open(path, "wb") as file:
        file.write(packed.to_bytes())


@made("spacy-language.bin", _nothing)
def language(path):
    import spacy

    with open(path, "wb") as file:
        file.write(spacy.blank("en").to_bytes(exclude=["vocab", "tokenizer"]))


@pickled("nltk-kinds.pkl")
def nltk_kinds():
    from nltk import ConditionalFreqDist, FreqDist, Tree
    from nltk.classify import NaiveBayesClassifier
    from nltk.tag import DefaultTagger, UnigramTagger
    from nltk.tokenize.punkt import PunktSentenceTokenizer

    return {
        "counts": FreqDist("aab"), "tree": Tree("S", [Tree("NP", ["fox"])]), "more": ConditionalFreqDist([("a", 1)]),
        "tagger": UnigramTagger([[("a", "DT"), ("fox", "NN")]], backoff=DefaultTagger("NN")),
        "judge": NaiveBayesClassifier.train([({"a": 1}, "x"), ({"a": 2}, "y")]), "punkt": PunktSentenceTokenizer("A fox. Mr. Red ran."),
    }  # fmt: skip


if __name__ == "__main__":
    kit.main()
