"""Each device's view of the same visits: one small module a family, one class or function a log."""
