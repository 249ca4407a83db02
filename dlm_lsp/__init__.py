"""Question/answer pairs for `.dlm` notes, in the editor and in the shell."""
