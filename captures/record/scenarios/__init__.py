"""Each module is a table of scenarios on one subject."""
