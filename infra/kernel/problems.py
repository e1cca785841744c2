"""A refusal that a person can act on: a code, the facts, and (in web/sentences) a sentence and a remedy."""


class Problem(Exception):
    """Raised wherever the system says no; anything else that raises is a bug.

    `code` is `noun.reason`; `facts` fill the sentence that `web/sentences` holds for that code in every language.
    """

    def __init__(self, code: str, /, **facts: object) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.code}: {told}" if told else self.code

    @property
    def reason(self) -> str:
        """The part behind the noun: `seal.too-few` gives `too-few`."""
        return self.code.partition(".")[2]
