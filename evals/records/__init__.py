"""What a run found and how to repeat it; figures; two runs compared."""
