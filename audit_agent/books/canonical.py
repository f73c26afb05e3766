"""The canonical tables, named after the AICPA Audit Data Standards (2013/2015), with a few of our own.

Each line of a declaration is `name`, `name:kind`, with `!` behind it when no row may lack it.
Without a kind a field is text.
"""

from audit_agent.books.schema import Field, Kind, TableSchema


def _table(
    name: str, declaration: str, period: str | None = None, amount: str | None = None, indicator: str | None = None
) -> TableSchema:
    fields = tuple(_field(word) for word in declaration.split())
    return TableSchema(name, fields, period_column=period, amount=amount, indicator=indicator)


def _field(word: str) -> Field:
    name, _, kind = word.removesuffix("!").partition(":")
    return Field(name, Kind(kind) if kind else Kind.TEXT, required=word.endswith("!"))


_ADDRESS = "Address_Street Address_City Address_State_Province Address_Postal_Code Address_Country"
_ENTERED = "Entered_By:person Entered_Date:date Entered_Time:time Approved_By:person Approved_Date:date"
_FISCAL = "Fiscal_Year:integer Period:integer"
_OPEN_ITEM = f"""
    Invoice_ID! Invoice_Number Invoice_Date:date Invoice_Due_Date:date {_FISCAL} Invoice_Type_Name
    Invoice_Amount:amount Open_Amount:amount! Amount_Currency Balance_As_Of_Date:date
    """

_TABLES = (
    _table(
        "GL_Detail",
        f"""
        Journal_ID! Journal_ID_Line_Number:integer JE_Header_Description:narrative JE_Line_Description:narrative
        Source Business_Unit_Code Effective_Date:date! {_FISCAL} GL_Account_Number!
        Amount:amount! Amount_Credit_Debit_Indicator:indicator! Amount_Currency
        Reporting_Amount:amount Reporting_Amount_Currency Local_Amount:amount Local_Amount_Currency
        {_ENTERED} Last_Modified_By:person Last_Modified_Date:date Reversal_Indicator Reversal_Journal_ID
        Segment01 Segment02 Segment03 Segment04 Segment05 Document_Date:date
        """,
        period="Effective_Date",
        amount="Amount",
        indicator="Amount_Credit_Debit_Indicator",
    ),
    _table(
        "Journal_Log",
        """
        Journal_ID! Amount_Credit_Debit_Indicator:indicator! Total:amount! Entered_Date:date Entered_Time:time
        """,
        amount="Total",
        indicator="Amount_Credit_Debit_Indicator",
    ),
    _table(
        "Trial_Balance",
        f"""
        GL_Account_Number! Business_Unit_Code {_FISCAL} Balance_As_Of_Date:date
        Amount_Beginning:amount Amount_Ending:amount! Amount_Currency
        Reporting_Amount_Beginning:amount Reporting_Amount_Ending:amount Reporting_Amount_Currency
        Local_Amount_Beginning:amount Local_Amount_Ending:amount Local_Amount_Currency
        """,
        amount="Amount_Ending",
    ),
    _table(
        "Chart_Of_Accounts",
        """
        GL_Account_Number! GL_Account_Name Account_Type Account_Subtype FS_Caption GL_Account_Description
        Parent_GL_Account_Number XBRL_Concept
        """,
    ),
    _table("Source_Listing", "Source! Source_Description ERP_Subledger_Module Business_Unit_Code"),
    _table(
        "Business_Unit_Listing",
        "Business_Unit_Code! Business_Unit_Description Business_Unit_Hierarchy_Level Parent_Business_Unit_Code",
    ),
    _table(
        "User_Listing",
        """
        User_ID:person! First_Name:person Last_Name:person Title Department Role_Responsibility
        Active_Status Active_Modified_Date:date
        """,
    ),
    _table(
        "Supplier_Listing",
        f"""
        Supplier_Account_ID! Supplier_Name:person TIN {_ADDRESS} Email:person Phone:person Active_Status
        Entered_By:person Entered_Date:date Bank_Account:person Bank_Changed_At:date Bank_Changed_By:person
        Created_At:date Created_By:person One_Time:boolean Parent_ID
        """,
    ),
    _table(
        "Invoices_Received",
        f"""
        Invoice_ID! Invoice_Number Invoice_Date:date! {_FISCAL} Invoice_Type_Name Invoice_Due_Date:date
        Supplier_Account_ID! Invoice_Amount:amount! Amount_Currency Tax_Code Tax_Amount:amount
        Reporting_Amount:amount Reporting_Amount_Currency Local_Amount:amount Local_Amount_Currency
        PO_ID PO_Line Quantity:quantity Unit_Price:quantity Journal_ID {_ENTERED}
        """,
        period="Invoice_Date",
        amount="Invoice_Amount",
    ),
    _table(
        "Invoice_Totals",
        """
        Invoice_ID! Invoice_Number Invoice_Date:date Invoice_Type_Name Supplier_Account_ID Amount_Currency
        Lines_Amount:amount Allowances_Amount:amount Charges_Amount:amount Net_Amount:amount Tax_Amount:amount
        Second_Tax_Amount:amount Total_Amount:amount Prepaid_Amount:amount Rounding_Amount:amount Payable_Amount:amount
        """,
        period="Invoice_Date",
        amount="Total_Amount",
    ),
    _table(
        "Invoice_Components",
        """
        Invoice_ID! Component! Component_Number:integer Description:narrative Quantity:quantity Unit_Price:quantity
        Amount:amount Tax_Amount:amount Tax_Category Tax_Percent:quantity
        """,
        amount="Amount",
    ),
    _table(
        "Payments_Made",
        f"""
        Supplier_Account_ID! Payment_ID! Payment_Date:date! {_FISCAL} Reference_Number Reference_Date:date
        Payment_Type Payment_Amount:amount! Amount_Currency Bank_Account:person Voided:boolean Journal_ID {_ENTERED}
        """,
        period="Payment_Date",
        amount="Payment_Amount",
    ),
    _table(
        "Purchase_Orders",
        f"""
        PO_ID! PO_Line PO_Date:date Supplier_Account_ID Item_ID Item_Category Description:narrative Quantity:quantity
        Unit_Price:quantity Amount:amount Amount_Currency {_ENTERED}
        """,
        amount="Amount",
    ),
    _table(
        "Goods_Received",
        """
        Receipt_ID! PO_ID! PO_Line Receipt_Date:date Item_ID Quantity:quantity! Supplier_Account_ID
        Entered_By:person Entered_Date:date
        """,
    ),
    _table("Open_Accounts_Payable", f"Supplier_Account_ID! {_OPEN_ITEM}", amount="Open_Amount"),
    _table(
        "Adjustments",
        f"""
        Adjustment_ID! Adjustment_Date:date! {_FISCAL} Account_ID Adjustment_Type Adjustment_Description:narrative
        Adjustment_Amount:amount! Amount_Currency Reference_Number Journal_ID {_ENTERED}
        """,
        period="Adjustment_Date",
        amount="Adjustment_Amount",
    ),
    _table(
        "Customer_Listing",
        f"""
        Customer_Account_ID! Customer_Name:person TIN {_ADDRESS} Email:person Phone:person Active_Status
        Credit_Limit:amount Amount_Currency Entered_By:person Entered_Date:date Parent_ID
        """,
    ),
    _table(
        "Invoices_Generated",
        f"""
        Invoice_ID! Invoice_Number Invoice_Date:date! {_FISCAL} Invoice_Type_Name Invoice_Due_Date:date
        Customer_Account_ID! Invoice_Amount:amount! Amount_Currency Tax_Code Tax_Amount:amount
        Sales_Order_ID Shipment_ID Journal_ID Voided:boolean {_ENTERED}
        """,
        period="Invoice_Date",
        amount="Invoice_Amount",
    ),
    _table(
        "Cash_Received",
        f"""
        Customer_Account_ID! Receipt_ID! Receipt_Date:date! {_FISCAL} Reference_Number Reference_Date:date
        Receipt_Type Receipt_Amount:amount! Amount_Currency Voided:boolean Journal_ID {_ENTERED}
        """,
        period="Receipt_Date",
        amount="Receipt_Amount",
    ),
    _table("Open_Accounts_Receivable", f"Customer_Account_ID! {_OPEN_ITEM}", amount="Open_Amount"),
    _table(
        "Shipments_Made",
        """
        Shipment_ID! Shipment_Date:date! Customer_Account_ID Sales_Order_ID Invoice_ID Item_ID Quantity:quantity
        Entered_By:person Entered_Date:date
        """,
        period="Shipment_Date",
    ),
    _table(
        "Confirmations",
        """
        Confirmation_ID Customer_Account_ID! Balance_As_Of_Date:date Book_Amount:amount! Confirmed_Amount:amount
        Alternative_Amount:amount Amount_Currency Sent_Date:date Reply_Date:date Reply_Type
        Difference_Explanation:narrative Stratum Sample_Hits:integer
        """,
        amount="Book_Amount",
    ),
    _table(
        "Expected_Amounts",
        f"""
        GL_Account_Number! Business_Unit_Code {_FISCAL} Expected_Amount:amount! Amount_Currency Basis:narrative
        """,
        amount="Expected_Amount",
    ),
    _table(
        "Reconciling_Items",
        """
        Item_ID! GL_Account_Number Reconciliation_Date:date Item_Date:date! Item_Type Description:narrative
        Amount:amount! Amount_Currency Cleared_Date:date Prepared_By:person Reviewed_By:person
        """,
        amount="Amount",
    ),
    _table(
        "Employees",
        """
        Employee_ID! Name:person User_ID:person Bank_Account:person Address:person Email:person Phone:person Department
        Grade Title Manager_ID Start_Date:date End_Date:date
        """,
    ),
    _table(
        "Payroll",
        f"""
        Payroll_ID Employee_ID! Pay_Date:date! {_FISCAL} Gross_Amount:amount! Tax_Amount:amount
        Deductions_Amount:amount Net_Amount:amount Hours:quantity Overtime_Hours:quantity Rate:quantity
        Amount_Currency Bank_Account:person Entered_By:person Approved_By:person
        """,
        period="Pay_Date",
        amount="Gross_Amount",
    ),
    _table(
        "Expense_Reports",
        f"""
        Expense_ID! Report_ID Employee_ID! Expense_Date:date! Submitted_Date:date Merchant MCC Category
        Description:narrative Amount:amount! Amount_Currency Payment_Method Receipt_Attached:boolean
        Budget_Amount:amount Permit_ID Approved_By:person Approved_Date:date Paid_Date:date {_FISCAL}
        """,
        period="Expense_Date",
        amount="Amount",
    ),
    _table(
        "Expense_Limits",
        "Category! Limit_Amount:amount! Amount_Currency Limit_Per Valid_From:date Valid_To:date",
        amount="Limit_Amount",
    ),
    _table(
        "Expense_Events",
        """
        Report_ID! Event! Event_Date:date! Event_Time:time Event_Number:integer User_ID:person User_Role
        """,
        period="Event_Date",
    ),
    _table(
        "Travel_Permits",
        """
        Permit_ID! Employee_ID Budget_Amount:amount Amount_Currency Requested_Date:date Approved_By:person
        Approved_Date:date Trip_Start:date Trip_End:date Overspent:boolean
        """,
        amount="Budget_Amount",
    ),
    _table(
        "Bank_Statement",
        """
        Bank_Account:person Statement_ID Transaction_ID! Booking_Date:date! Value_Date:date Amount:amount!
        Amount_Currency Description:narrative Counterparty:person Counterparty_Account:person Reference
        """,
        period="Booking_Date",
        amount="Amount",
    ),
    _table(
        "Fixed_Assets",
        """
        Asset_ID! Description:narrative Asset_Class GL_Account_Number Acquisition_Date:date Disposal_Date:date
        Cost:amount! Residual_Value:amount Useful_Life_Months:integer Accumulated_Depreciation:amount
        Net_Book_Value:amount Depreciation_Method Amount_Currency
        """,
        amount="Cost",
    ),
    _table("Role_Assignments", "User_ID:person! Role! Granted_Date:date Revoked_Date:date Granted_By:person"),
    _table(
        "Approval_Limits",
        "User_ID:person Role Document_Type Limit_Amount:amount! Amount_Currency Valid_From:date Valid_To:date",
    ),
    _table("Holidays", "Holiday_Date:date! Name Country"),
)

CANONICAL: dict[str, TableSchema] = {table.name: table for table in _TABLES}
"""Every canonical table by name."""
