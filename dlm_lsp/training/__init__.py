"""Fine-tuning: from a document's rows to an adapter that is current only when it is whole."""
