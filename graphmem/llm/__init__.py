"""Language models, and what they are asked. Nothing here is imported before a model is asked for the first time."""
