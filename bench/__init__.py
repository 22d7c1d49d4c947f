"""Benches: how well and how fast callvault keeps its promises, beside what one would use else."""
