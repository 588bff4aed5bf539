"""What words mean: sentences, numbers, dates, names. It knows no file, question or model."""
