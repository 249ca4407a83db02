"""Store: the documents on disk, and per document what lies under `$DLM_HOME`."""
