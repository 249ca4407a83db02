"""Clusters: the models of a run on other machines, while documents and stores stay here."""
