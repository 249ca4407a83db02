"""The language: text to sections and back. Pure values, no I/O, no clock, no protocol."""
