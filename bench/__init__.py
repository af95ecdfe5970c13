"""The benchmark: `python -m bench`, or `make bench`. README.md says what it measures and how."""
