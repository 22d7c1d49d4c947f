"""What the office sets, read once into frozen settings, and the language it is answered in."""
