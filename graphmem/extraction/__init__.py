"""Extractors: what was said to names, sentences and facts."""
