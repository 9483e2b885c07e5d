# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What takes messages to customers, and what came of it, without Tryton."
from dataclasses import dataclass, field

SENT, REFUSED_FOR_NOW, REFUSED, UNKNOWN = (
    'sent', 'refused_for_now', 'refused', 'unknown')


@dataclass
class Outcome:
    """What became of a message.

    state: SENT, REFUSED_FOR_NOW (it is tried again), REFUSED (it is not) or
        UNKNOWN (somebody has to look whether it has arrived)
    words: what the carrier says about it
    accepted: the addresses for which the message was taken
    refused_for_now, refused: the words for each of the other addresses
    """
    state: str
    words: str = ''
    accepted: list = field(default_factory=list)
    refused_for_now: dict = field(default_factory=dict)
    refused: dict = field(default_factory=dict)


class ServerUnavailableError(Exception):
    "There is no server that takes messages"


class Carrier:
    """What takes one message after the other, and is closed after the last.

    It is used outside of transactions, and must not hang for ever.
    """

    def __enter__(self):
        return self

    def __exit__(self, type, value, traceback):
        self.close()

    def open(self):
        """Be ready to take a message.

        Raise ServerUnavailableError with the words of the server.
        """

    def close(self):
        "Let go what was opened"

    def deliver(self, sender, recipients, message):
        "Hand over the message once and return the outcome"
        try:
            self.open()
        except ServerUnavailableError as error:
            return Outcome(REFUSED_FOR_NOW, str(error))
        return self.hand_over(sender, recipients, message)

    def hand_over(self, sender, recipients, message):
        """Hand over the message once and return the outcome.

        What cannot have arrived is REFUSED_FOR_NOW or REFUSED.
        """
        raise NotImplementedError
