"""The tests: behaviour through the public surface of each package."""
