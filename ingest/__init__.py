"""From the inbox to recordings and sheets that can be trusted: watch, settle, read, admit, file."""
