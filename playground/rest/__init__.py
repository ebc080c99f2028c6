"""The REST API: one module per resource, and the door that every request goes through."""
