"""The catalogue: the SQL database of everything the archive knows. The only home of SQLAlchemy."""
