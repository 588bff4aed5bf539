"""A suite is asked, and what comes back is scored."""
