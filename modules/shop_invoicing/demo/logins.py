# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Who can log in to the demo."
from collections import namedtuple

Login = namedtuple('Login', 'login password name language groups role')
Login.email = property('{0.login}@example.com'.format)

ADMIN = Login('admin', 'admin', "Administrator", 'en', [], "administrator")
CLERK_GROUPS = [
    'account.group_account', 'account_payment.group_payment',
    'sale.group_sale', 'stock.group_stock']
ACCOUNTANT_GROUPS = [
    *CLERK_GROUPS, 'account.group_account_admin', 'sale.group_sale_admin',
    'shop_invoicing.group_invoice_cancellation']
CLERKS = [
    Login('camille', 'demo-camille', "Camille Martin", 'fr', CLERK_GROUPS,
        "clerk, in French"),
    Login('anna', 'demo-anna', "Anna Schneider", 'de', CLERK_GROUPS,
        "clerk, in German"),
    Login('emily', 'demo-emily', "Emily Clarke", 'en', CLERK_GROUPS,
        "clerk, in English"),
    Login('oscar', 'demo-oscar', "Oscar Meyer", 'en', ACCOUNTANT_GROUPS,
        "accounting administrator"),
    ]
LOGINS = [*CLERKS, ADMIN]
LANGUAGES = sorted({login.language for login in LOGINS})
