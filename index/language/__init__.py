"""What words mean: sentences, numbers, dates, names. Knows no file, no question, no model."""
