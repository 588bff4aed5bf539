"""What is asked: its parts, its period, and what it leans on."""
