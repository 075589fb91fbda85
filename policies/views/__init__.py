"""What rules look at: resources grouped into the concepts of the field."""
