"""The commands, a module for each subject: what each takes, what it shows, and how it ends."""
