"""How a cloud is spoken to."""
