"""What is on disk: the documents themselves and `$DLM_HOME`."""
