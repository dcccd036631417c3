"""Source x format -> rows: the way from bytes to what the store keeps."""
