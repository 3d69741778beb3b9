"""The page of an explanation: reading what it takes, as one document for a program, and as text for an accountant."""
