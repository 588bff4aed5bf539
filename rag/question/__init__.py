"""The question: its parts, its period, and what it leans on."""
