"""The documentation; ``generate`` writes its generated parts."""
