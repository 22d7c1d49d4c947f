"""Made-up collections offices, as strange as the field notes say, and the truth about them."""
