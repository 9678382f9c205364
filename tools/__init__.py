"""What developers run to make, check and describe the project; nothing here is shipped."""
