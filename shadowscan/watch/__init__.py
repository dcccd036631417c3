"""The watcher: living folders, every line exactly once, and told in time."""
