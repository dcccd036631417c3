"""Sources: lines, damage, archives, identity."""
