"""ACC-01: people whose roles let them do both halves of what two should do."""

from typing import Literal

import ibis
from pydantic import field_validator

from audit_agent.domain.catalogue import TableNeed
from audit_agent.procedures.counting import count
from audit_agent.procedures.dismissing import DismissalRule, dismiss_parameter, first_of
from audit_agent.procedures.exact import no_amount
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording

_UNUSED = DismissalRule(
    id="never-used",
    title="Never used for both",
    because="The books show what each half leaves behind, and this person never left both in them.",
)
_TRACES = (
    ("supplier", "Supplier_Listing", "Created_By"),
    ("supplier", "Supplier_Listing", "Bank_Changed_By"),
    ("invoice", "Invoices_Received", "Entered_By"),
    ("payment", "Payments_Made", "Entered_By"),
    ("order", "Purchase_Orders", "Entered_By"),
    ("receipt", "Goods_Received", "Entered_By"),
    ("journal", "GL_Detail", "Entered_By"),
    ("post", "GL_Detail", "Approved_By"),
)
"""Which column of the books shows that somebody used which half."""


class Parameters(ParameterSet):
    """Which halves conflict; each is found in a role by its word."""

    conflicts: tuple[str, ...] = parameter(
        (
            "supplier+payment",
            "supplier+invoice",
            "invoice+payment",
            "order+receipt",
            "order+invoice",
            "receipt+invoice",
            "journal+post",
        ),
        "Pairs of words: somebody whose roles contain both can do what two people should.",
    )
    synonyms: tuple[str, ...] = parameter(
        (
            "supplier=vendor",
            "invoice=accounts payable",
            "payment=pay",
            "payment=treasury",
            "order=purchas",
            "receipt=goods",
            "receipt=warehouse",
            "journal=general ledger",
            "post=approve journal",
        ),
        "Other words for them in the names of roles, written `word=other`.",
    )
    dismiss: tuple[Literal["never-used"], ...] = dismiss_parameter(_UNUSED)

    @field_validator("conflicts")
    @classmethod
    def _are_pairs(cls, conflicts: tuple[str, ...]) -> tuple[str, ...]:
        if not conflicts or any(len([part for part in one.split("+") if part.strip()]) != 2 for one in conflicts):
            raise ValueError("write each conflict as two words with a plus between them, such as supplier+payment")
        return conflicts

    @field_validator("synonyms")
    @classmethod
    def _are_synonyms(cls, synonyms: tuple[str, ...]) -> tuple[str, ...]:
        if any("=" not in one for one in synonyms):
            raise ValueError("write each synonym as word=other, such as supplier=vendor")
        return synonyms

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The conflicts as pairs."""
        split = (conflict.lower().split("+") for conflict in self.conflicts)
        return tuple((one.strip(), two.strip()) for one, two in split)

    def words(self, half: str) -> tuple[str, ...]:
        """All words by which a half is found in a role."""
        others = (synonym.lower().split("=", 1) for synonym in self.synonyms)
        return (half, *(other[1].strip() for other in others if other[0].strip() == half))


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Roles that are not revoked."""
    roles = books.whole("Role_Assignments")
    return roles.filter(roles.User_ID.notnull() & roles.Revoked_Date.isnull())


def _holders(books: Books, parameters: Parameters, half: str) -> ibis.Value:
    roles = population(books, parameters)
    text = roles.Role.fill_null("").lower()
    found = ibis.literal(False)
    for word in parameters.words(half):
        found = found | text.contains(word)
    return found


def _users(books: Books, half: str) -> ibis.Table | None:
    """Who used a half, as the books show; None where they do not show it."""
    parts = [
        books.whole(table)
        .filter(lambda rows, name=column: rows[name].notnull())
        .select(user=books.whole(table)[column].upper())
        for name, table, column in _TRACES
        if name == half and books.filled(table, column)
    ]
    if not parts:
        return None
    users = parts[0]
    for part in parts[1:]:
        users = users.union(part)
    return users.distinct()


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """The roles of each person that conflict, by conflict; those that were used first."""
    parts = [_conflict(books, parameters, one, two) for one, two in parameters.pairs]
    rows = parts[0]
    for part in parts[1:]:
        rows = rows.union(part)
    return rows


def _conflict(books: Books, parameters: Parameters, one: str, two: str) -> ibis.Table:
    roles = population(books, parameters)
    roles = roles.mutate(has_one=_holders(books, parameters, one), has_two=_holders(books, parameters, two))
    person = ibis.window(group_by=roles.User_ID.upper())
    roles = roles.mutate(
        both=(roles.has_one.cast("int64").max().over(person) == 1)
        & (roles.has_two.cast("int64").max().over(person) == 1)
    )
    rows = roles.filter(roles.both & (roles.has_one | roles.has_two))
    first, second = _users(books, one), _users(books, two)
    shown = first is not None and second is not None
    used = ibis.literal(False)
    if first is not None and second is not None:
        used = rows.User_ID.upper().isin(first.user) & rows.User_ID.upper().isin(second.user)
    named = {"one": ibis.literal(one), "two": ibis.literal(two), "shown": ibis.literal(shown)}
    return _flag(rows.mutate(**named, used=used), parameters)


def _flag(rows: ibis.Table, parameters: Parameters) -> ibis.Table:
    return flagged(
        rows,
        table="Role_Assignments",
        key=ibis.literal("User ") + rows.User_ID.upper() + ", " + rows.one + " and " + rows.two,
        amount=no_amount(),
        currency=ibis.null("string"),
        day=rows.Granted_Date,
        weight=ibis.ifelse(rows.used, 1, 0),
        fields=("User_ID", "Role", "Granted_By"),
        figures={"one": rows.one, "two": rows.two, "shown": rows.shown, "used": rows.used},
        dismissed=first_of(parameters.dismiss, {_UNUSED.id: rows.shown & ~rows.used}),
    )


def measures(books: Books, parameters: Parameters) -> Measures:
    """People with roles."""
    roles = population(books, parameters)
    return Measures({"People with roles": count(roles.select(user=roles.User_ID.upper()).distinct())})


def reason(row: Row, parameters: Parameters) -> str:
    """Which halves, and whether both were used."""
    used = "and did both" if row["used"] else "whether or not both were used cannot be seen in the books"
    joined = ", " if row["used"] is False else " "
    return f"User {row['User_ID']} may handle both {row['one']} and {row['two']}{joined}{used}."


PROCEDURE = Procedure(
    id="ACC-01",
    version="1",
    title="Conflicting roles",
    purpose="Find people whose roles let them do two things that two people should do, such as creating a supplier and "
    "paying it; first those who did both.",
    standard="COSO principle 10; SOX 404",
    inputs=(
        TableNeed(
            table="Role_Assignments",
            columns=("User_ID", "Role"),
            optional_columns=("Granted_Date", "Revoked_Date", "Granted_By"),
        ),
        *(
            TableNeed(
                table=table,
                columns=tuple(column for _, name, column in _TRACES if name == table),
                required=False,
            )
            for table in dict.fromkeys(name for _, name, _ in _TRACES)
        ),
    ),
    parameters=Parameters,
    false_positive_risk="high",
    false_positives="Conflicts that exist only on paper, roles limited by amount or company, emergency accounts.",
    wording=Wording(one="conflict of roles", many="conflicts of roles", none="Nobody's roles conflict."),
    facts=("User_ID", "Role", "Granted_By"),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    dismissals=(_UNUSED,),
)
