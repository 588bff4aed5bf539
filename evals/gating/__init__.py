"""What a change may not make worse."""
