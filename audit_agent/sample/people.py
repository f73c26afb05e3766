"""Who works at the sample company. All names are invented."""

from datetime import date
from typing import NamedTuple


class User(NamedTuple):
    """One row of User_Listing."""

    id: str
    first_name: str
    last_name: str
    title: str
    department: str
    role: str
    active: bool = True
    since: date = date(2021, 3, 1)


BATCH = User("BATCH01", "System", "Batch", "System account", "IT Operations", "Runs scheduled jobs")
AR_1 = User("AVELLIN", "Amrei", "Vellingrath", "Accounts receivable clerk", "Accounting", "Customer invoices")
AR_2 = User("TOSKRAND", "Tilda", "Oskrand", "Accounts receivable clerk", "Accounting", "Incoming payments")
AP_1 = User("JMARHOLT", "Jorik", "Marholt", "Accounts payable clerk", "Accounting", "Supplier invoices")
AP_2 = User("SBRENKOV", "Silke", "Brenkovar", "Accounts payable clerk", "Accounting", "Supplier invoices")
GL_1 = User("HDRESSAU", "Henning", "Dressauer", "General ledger accountant", "Accounting", "Manual journals")
GL_2 = User("PQUENDT", "Petra", "Quendtmann", "General ledger accountant", "Accounting", "Manual journals")
CLOSER = User("RTHALVIN", "Ruth", "Thalvinger", "Head of Accounting", "Accounting", "Period-end close")
ASSETS = User("MLOBSIEN", "Mats", "Lobsiegen", "Fixed asset accountant", "Accounting", "Fixed assets")
PAYROLL = User("EWIRRAL", "Elke", "Wirralsen", "Payroll specialist", "Human Resources", "Payroll, travel expenses")
TREASURY = User("NFARROK", "Nils", "Farrokson", "Treasurer", "Treasury", "Payments, loans, bank")
WAREHOUSE = User("BTUNDERN", "Bodo", "Tundernagel", "Warehouse clerk", "Logistics", "Goods receipts")
BUYER_1 = User("KSELVIG", "Karin", "Selvigson", "Purchaser", "Purchasing", "Purchase orders")
BUYER_2 = User("DORMAYR", "Dario", "Ormayrhof", "Purchaser", "Purchasing", "Purchase orders")
CONTROLLER = User("CVANTEEL", "Clara", "Vanteelen", "Controller", "Controlling", "Approves journals")
FINANCE_DIRECTOR = User("GHOLMBRO", "Gesa", "Holmbrookner", "Finance Director (CFO)", "Management", "Approves journals")
MANAGING_DIRECTOR = User("WSTERNAU", "Wolf", "Sternauer", "Managing Director (CEO)", "Management", "Approves contracts")
ADMINISTRATOR = User("LPIXTON", "Leif", "Pixtonsen", "IT Administrator", "IT Operations", "System administration")
JOINER = User(
    "FNIEHOFF", "Fenja", "Niehoffer", "Junior accountant", "Accounting", "Manual journals", since=date(2025, 12, 8)
)
LEAVER = User(
    "OKRAMSTE",
    "Olaf",
    "Kramstedter",
    "Temporary accountant",
    "Accounting",
    "Manual journals",
    active=False,
    since=date(2025, 3, 31),
)

USERS = (
    BATCH,
    AR_1,
    AR_2,
    AP_1,
    AP_2,
    GL_1,
    GL_2,
    CLOSER,
    ASSETS,
    PAYROLL,
    TREASURY,
    WAREHOUSE,
    BUYER_1,
    BUYER_2,
    CONTROLLER,
    FINANCE_DIRECTOR,
    MANAGING_DIRECTOR,
    ADMINISTRATOR,
    JOINER,
    LEAVER,
)
