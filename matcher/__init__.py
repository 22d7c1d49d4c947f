"""Pure decisions: numbers, names, evidence, scoring, assignment. No clock, no disk, no database."""
