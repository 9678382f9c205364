"""An oracle of the guide's rows: each makes a message with about one field, and its expected element, from the guide's CSV."""
