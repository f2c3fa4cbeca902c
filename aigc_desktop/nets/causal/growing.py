"""The text that tokens make while they come: whole characters only, each decoded once."""

from typing import Any

HALF = "\ufffd"  # what tokenizers give for bytes that are no whole character
LONGEST_CHARACTER = 4  # tokens, one for each byte
BEFORE = 8  # tokens of the prompt that are looked at: they decide whether a space comes first


class Growing:
    """What follows a prompt, as text. `update` takes all tokens written so far, `text` never holds half a character.

    A tokenizer decides from what stands before whether a word begins with a space, so the last tokens of the prompt and
    the last word are decoded along; what they give is left out again.
    """

    def __init__(self, tokenizer: Any, prompt: list[int]):
        self._tokenizer = tokenizer
        self._before = self._whole_end(prompt)
        self._begin()

    def update(self, tokens: list[int]) -> bool:
        """Take all tokens so far, which may have changed (a search by beams); whether there is more text now."""
        if tokens[: len(self._tokens)] != self._tokens:
            self._begin()
        had = len(self.text)
        self._tokens += tokens[len(self._tokens) :]
        self._read()
        return len(self.text) != had

    def _begin(self) -> None:
        self.text = ""
        self._tokens: list[int] = []
        self._old = self._done = 0  # places in the tokens: where decoding begins, and up to where the text has come

    def _read(self) -> None:
        known = self._decode(self._context(), self._tokens[self._old : self._done])
        while self._done < len(self._tokens):
            fresh = self._tokens[self._done :]
            whole = self._decode(self._context(), self._tokens[self._old : self._done] + fresh)
            if not whole.endswith(HALF):
                self.text += whole[len(known) :].replace(HALF, "")
                self._old, self._done = self._done, len(self._tokens)
                return
            if len(fresh) <= LONGEST_CHARACTER:
                return
            self._old = self._done = self._done + 1  # a byte that belongs to no character is left out
            known = self._decode(self._context(), [])

    def _context(self) -> list[int]:
        return self._before if self._old == 0 else []

    def _decode(self, before: list[int], tokens: list[int]) -> str:
        text: str = self._tokenizer.decode(
            [*before, *tokens], skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        return text

    def _whole_end(self, prompt: list[int]) -> list[int]:
        """The prompt's last tokens, beginning where a character does."""
        for count in range(min(BEFORE, len(prompt)), 0, -1):
            if HALF not in self._decode(prompt[-count:], []):
                return prompt[-count:]
        return []
