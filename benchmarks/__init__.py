"""Speed and memory of whole scans, beside other tools on the same file."""
