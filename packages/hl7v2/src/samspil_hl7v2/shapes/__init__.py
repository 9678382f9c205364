"""Messages of a shape seen before, converted by a function made for that shape: see docs/explanation/shapes.md."""
