"""What is wrong with a record: rules that yield findings."""
