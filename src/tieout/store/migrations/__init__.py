"""How the database came to its present shape, step by step; a step that was released is never changed."""
