"""A map of the events that news articles report, with the sentence behind every marker."""

__version__ = "0.1.0"
