"""MedCom messages: read, judged rule by rule, and written by a demonstration system.

CareCommunication 5.0 and Acknowledgement 2.0: https://medcomfhir.dk/ig/carecommunication/, https://medcomfhir.dk/ig/acknowledgement/
"""

from .acknowledging import ACKNOWLEDGEMENT_RULES
from .message import Message, NotAMessage, read_message
from .rules import RULES
from .threads import THREAD_RULES

__all__ = ["ACKNOWLEDGEMENT_RULES", "RULES", "THREAD_RULES", "Message", "NotAMessage", "read_message"]
