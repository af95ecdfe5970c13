"""Storage on Redis >= 6.2, a file for each kind of thing it keeps."""
