"""Languages, catalogs, and what translators get."""
