"""What is said about the archive: findings, reconciliation, reports, search."""
