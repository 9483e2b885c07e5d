# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"How far a sale is, without Tryton."

# What is ordered and not done yet
RUNNING = ['confirmed', 'processing']
ORDERED = [*RUNNING, 'done']
# What the customer has agreed to, or is asked to pay before
OFFERED = ['quotation', *ORDERED]
