# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""How large a letterhead may become, and why one is refused.

It knows nothing of Tryton.
"""
MB = 1024 * 1024
MAX_SIZE = 10 * MB
# Two pages of pictures in RGB at 300 dpi have 52 MB, one at 600 dpi 100 MB
MAX_INFLATED = 100 * MB
# What a reader of PDF inflates, whether it is drawn or not
MAX_FILE_INFLATED = 3 * MAX_INFLATED
MAX_CONTENT = 8 * MB
MAX_TOKENS = 500_000
# How often something is drawn, also by what is drawn again and again
MAX_DRAWN = 2_000_000
MAX_DEPTH = 10
MAX_LEVEL = 60
MAX_VALUES = 250_000
MAX_PIXELS = 50_000_000
MAX_SCANS = 100
# As many pixels cost as much as one operator
PIXELS = 1000
# A4 in points
PAGE_AREA = 595 * 842


class LetterheadError(ValueError):
    """A letterhead that cannot be printed on.

    The reason is 'size', 'not_pdf', 'encrypted', 'damaged', 'no_page',
    'hidden_layers', 'inflated', 'content', 'complex', 'nested', 'cycle',
    'picture', 'external', 'postscript' or 'unknown'.
    The detail is what the PDF library says or the key in the PDF, the limit
    what is allowed, and page and number tell where it was found.
    """

    def __init__(self, reason, detail='', limit='', page='', number=''):
        super().__init__(reason, detail, limit, page, number)
        self.reason = reason
        self.detail = detail
        self.limit = limit
        self.page = page
        self.number = number


class Budget:
    "What one letterhead may use of memory and time"

    def __init__(self):
        self.inflated = self.content = self.tokens = self.values = 0

    @property
    def rest(self):
        "How many bytes may still be inflated"
        return MAX_INFLATED - self.inflated

    @property
    def rest_of_content(self):
        "How many bytes of instructions may still be read"
        return MAX_CONTENT - self.content

    def add_inflated(self, size):
        self.inflated += size
        if self.inflated > MAX_INFLATED:
            raise LetterheadError('inflated', limit=MAX_INFLATED // MB)

    def add_content(self, size):
        self.content += size
        if self.content > MAX_CONTENT:
            raise LetterheadError('content', limit=MAX_CONTENT // MB)

    def add_tokens(self, count):
        self.tokens += count
        if self.tokens > MAX_TOKENS:
            raise LetterheadError('complex', limit=MAX_TOKENS)

    def add_values(self, count=1):
        self.values += count
        if self.values > MAX_VALUES:
            raise LetterheadError('complex', limit=MAX_VALUES)

    def add_picture(self, width, height, bits):
        "Count a picture of so many bits for each pixel"
        if width <= 0 or height <= 0 or width * height > MAX_PIXELS:
            raise LetterheadError('picture', limit=MAX_PIXELS // 1_000_000)
        self.add_inflated((width * bits + 7) // 8 * height)
