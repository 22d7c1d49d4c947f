"""What must last: layout of paths, local store, catalogue, mirror, custody log."""
