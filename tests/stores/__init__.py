"""One suite for every object store: what `archive.objects.ObjectStore` promises, on each."""
