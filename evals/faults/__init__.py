"""Break things on purpose and count what is lost, doubled, wrong or dead: ``make faults``."""
