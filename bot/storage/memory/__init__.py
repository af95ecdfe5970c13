"""Storage in this process only: for the terminal and for fast tests. Nothing expires by itself."""
