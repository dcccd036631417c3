"""shadowscan: finds unapproved generative-AI use in the logs a company already has."""

__version__ = "0.1.0"
