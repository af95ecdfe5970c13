"""One file of flows/ a module: its schema checked, its values built. `schema` says what each table may hold."""
