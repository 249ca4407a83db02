"""Teachers: the models that write the pairs, one file per provider behind one async protocol."""
