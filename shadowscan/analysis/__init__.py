"""From rows to the Report: SQL files that count, thin Python that names."""
