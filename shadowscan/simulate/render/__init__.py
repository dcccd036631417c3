"""Log lines of a simulated company, one module a device."""
