"""Question/answer pairs for `.dlm` notes, in the editor and in the shell."""

__version__ = "1.0.0"
