"""What a resource is, for the audit record: its category after EHDS Art. 14(1), its origins, and whom it is about.

Regulation (EU) 2025/327, http://data.europa.eu/eli/reg/2025/327/oj. Each answer is a row of a table.
"""

from .tables import Tables, load_tables
from .touched import Touched, touched, touched_type

__all__ = ["Tables", "Touched", "load_tables", "touched", "touched_type"]
