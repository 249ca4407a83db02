"""Who writes the pairs: one file per provider behind one small async protocol."""
