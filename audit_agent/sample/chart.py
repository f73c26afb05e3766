"""The chart of accounts and what stood on it when the year began."""

from typing import NamedTuple

BANK = "100100"
RECEIVABLES = "110000"
INVENTORY = ("120100", "120200", "120300")
INPUT_VAT = "130100"
PAYABLES = "200100"
GOODS_CLEARING = "200500"
ACCRUED = "210100"
OUTPUT_VAT = "230100"
LOAN = "240100"
RETAINED_EARNINGS = "300200"
DIVIDENDS = "300300"
REVENUE = ("400100", "400200", "400300")
COST_OF_SALES = ("500100", "500200", "500300")
PRICE_VARIANCE = "500800"
CONSULTING = "640200"
OLD_SYSTEM_CLEARING = "199900"
SUSPENSE = "299900"


class Account(NamedTuple):
    """One row of Chart_Of_Accounts; the opening balance is in cents, debit positive."""

    number: str
    name: str
    type: str
    subtype: str
    opening: int


# Receivables, payables and retained earnings open at what the year's opening items come to.
_CHART = """
010100 | Land and buildings                | Asset     | Fixed assets          |  3200000
010200 | Machinery                         | Asset     | Fixed assets          |  2450000
010300 | Vehicles                          | Asset     | Fixed assets          |   640000
010400 | Office equipment                  | Asset     | Fixed assets          |   310000
010500 | IT equipment                      | Asset     | Fixed assets          |   285000
010600 | Software licences                 | Asset     | Fixed assets          |   190000
011100 | Acc. depreciation buildings       | Asset     | Fixed assets          |  -820000
011200 | Acc. depreciation machinery       | Asset     | Fixed assets          | -1240000
011300 | Acc. depreciation vehicles        | Asset     | Fixed assets          |  -310000
011400 | Acc. depreciation office          | Asset     | Fixed assets          |  -140000
011500 | Acc. depreciation IT              | Asset     | Fixed assets          |  -150000
011600 | Acc. amortisation software        | Asset     | Fixed assets          |   -95000
100100 | Bank, operating account           | Asset     | Cash                  |  4200000
100300 | Petty cash                        | Asset     | Cash                  |     3500
110000 | Trade receivables                 | Asset     | Receivables           |        0
110900 | Allowance for doubtful debts      | Asset     | Receivables           |   -65000
112000 | Other receivables                 | Asset     | Receivables           |    41000
120100 | Inventory cookware                | Asset     | Inventory             |  1700000
120200 | Inventory tableware               | Asset     | Inventory             |  1350000
120300 | Inventory small appliances        | Asset     | Inventory             |  1100000
130100 | Input VAT                         | Asset     | Tax                   |   118236
140100 | Prepaid expenses                  | Asset     | Prepayments           |    36000
140200 | Prepaid insurance                 | Asset     | Prepayments           |    12000
199900 | Clearing, former ERP              | Asset     | Clearing              |        0
200100 | Trade payables                    | Liability | Payables              |        0
200500 | Goods received, not invoiced      | Liability | Payables              |  -185000
210100 | Accrued expenses                  | Liability | Accruals              |  -164000
210200 | Accrued bonuses                   | Liability | Accruals              |  -310000
210300 | Accrued holiday pay               | Liability | Accruals              |   -98000
220100 | Wages payable                     | Liability | Payroll               |        0
220200 | Wage tax payable                  | Liability | Payroll               |   -72046
220300 | Social security payable           | Liability | Payroll               |  -139183
230100 | Output VAT                        | Liability | Tax                   |  -301417
230200 | VAT payable                       | Liability | Tax                   |        0
240100 | Bank loans                        | Liability | Loans                 | -2500000
240200 | Accrued interest                  | Liability | Accruals              |   -14000
250100 | Warranty provision                | Liability | Provisions            |  -620000
250200 | Income tax provision              | Liability | Provisions            |  -145000
260100 | Customer prepayments              | Liability | Payables              |   -96000
299900 | Suspense                          | Liability | Clearing              |        0
300100 | Share capital                     | Equity    | Capital               | -1000000
300200 | Retained earnings                 | Equity    | Capital               |        0
300300 | Dividends declared                | Equity    | Capital               |        0
400100 | Sales cookware                    | Revenue   | Sales                 |        0
400200 | Sales tableware                   | Revenue   | Sales                 |        0
400300 | Sales small appliances            | Revenue   | Sales                 |        0
400400 | Sales spare parts                 | Revenue   | Sales                 |        0
400500 | Repair services                   | Revenue   | Sales                 |        0
409100 | Cash discounts granted            | Revenue   | Deductions            |        0
409200 | Returns and credit notes          | Revenue   | Deductions            |        0
500100 | Cost of sales cookware            | Expense   | Cost of sales         |        0
500200 | Cost of sales tableware           | Expense   | Cost of sales         |        0
500300 | Cost of sales small appliances    | Expense   | Cost of sales         |        0
500800 | Purchase price variance           | Expense   | Cost of sales         |        0
500900 | Inventory adjustments             | Expense   | Cost of sales         |        0
510100 | Inbound freight                   | Expense   | Cost of sales         |        0
600100 | Salaries sales                    | Expense   | Personnel             |        0
600200 | Salaries logistics                | Expense   | Personnel             |        0
600300 | Salaries production               | Expense   | Personnel             |        0
600400 | Salaries administration           | Expense   | Personnel             |        0
600500 | Salaries management               | Expense   | Personnel             |        0
601000 | Social security, employer         | Expense   | Personnel             |        0
602000 | Bonuses                           | Expense   | Personnel             |        0
603000 | Holiday pay                       | Expense   | Personnel             |        0
610100 | Rent                              | Expense   | Premises              |        0
610200 | Electricity and gas               | Expense   | Premises              |        0
610300 | Water and waste                   | Expense   | Premises              |        0
610400 | Cleaning                          | Expense   | Premises              |        0
610500 | Repairs and maintenance           | Expense   | Premises              |        0
620100 | Travel                            | Expense   | Travel                |        0
620200 | Vehicle costs                     | Expense   | Travel                |        0
620300 | Entertainment                     | Expense   | Travel                |        0
630100 | Advertising                       | Expense   | Marketing             |        0
630200 | Trade fairs                       | Expense   | Marketing             |        0
640100 | Legal fees                        | Expense   | Professional services |        0
640200 | Consulting                        | Expense   | Professional services |        0
640300 | Audit fees                        | Expense   | Professional services |        0
640400 | Temporary staff                   | Expense   | Professional services |        0
650100 | Telephone and internet            | Expense   | Office                |        0
650200 | Software subscriptions            | Expense   | Office                |        0
650300 | Office supplies                   | Expense   | Office                |        0
650400 | Postage                           | Expense   | Office                |        0
650500 | Insurance                         | Expense   | Office                |        0
650600 | Training                          | Expense   | Office                |        0
660100 | Outbound freight                  | Expense   | Distribution          |        0
660200 | Packaging                         | Expense   | Distribution          |        0
670100 | Depreciation buildings            | Expense   | Depreciation          |        0
670200 | Depreciation machinery            | Expense   | Depreciation          |        0
670300 | Depreciation vehicles             | Expense   | Depreciation          |        0
670400 | Depreciation office equipment     | Expense   | Depreciation          |        0
670500 | Depreciation IT equipment         | Expense   | Depreciation          |        0
670600 | Amortisation software             | Expense   | Depreciation          |        0
680100 | Bad debts                         | Expense   | Other                 |        0
680200 | Bank charges                      | Expense   | Other                 |        0
700100 | Interest expense                  | Expense   | Finance               |        0
720100 | Income tax                        | Expense   | Tax                   |        0
"""


def _account(line: str) -> Account:
    number, name, kind, subtype, opening = (field.strip() for field in line.split("|"))
    return Account(number, name, kind, subtype, int(opening) * 100)


ACCOUNTS = tuple(_account(line) for line in _CHART.strip().splitlines())
