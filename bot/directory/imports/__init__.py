"""Directories from elsewhere: each format reads a file into a Batch, and apply.py writes a batch all at once or not at all."""
