"""Plans to functions: a check is `check(value, place, run)`, puts what it finds into `run.found` and returns nothing."""
