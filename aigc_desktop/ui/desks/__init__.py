"""Writing desks: forms that build a prompt, examples that show how it is done, and what a language model writes then."""
