"""Priced bills are read as they stand, whatever their format; what cannot be read is refused in words."""

from decimal import Decimal

import pytest
from bill_samples import SOUND, Line, archive, csv_bill, xlsx_bill, xml_bill

from infra.kernel.problems import Problem
from trading.checks.bill_files import read_bill
from trading.checks.bill_likeness import corrections, shared_errors
from trading.checks.bills import Error, Order

TOTAL = "58740.58"
WORDS = "伍万捌仟柒佰肆拾元伍角捌分"
SLIPPED: Line = ("010503002001", "矩形梁", "m3", "42", "5368.00", "22545.60")
WRONG: Line = ("010501001001", "混凝土垫层", "m3", "80.5", "412.36", "33194.00")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(csv_bill(SOUND, TOTAL, WORDS), id="csv"),
        pytest.param(csv_bill(SOUND, TOTAL, WORDS, "gb18030"), id="csv-gb18030"),
        pytest.param(xml_bill(SOUND, TOTAL, WORDS), id="xml"),
    ],
)
def test_a_bill_says_the_same_in_every_format(data: bytes) -> None:
    found = read_bill(data)
    assert [tuple(map(str, one)) for one in found.lines] == [tuple(one) for one in SOUND]
    assert (found.total, found.in_words) == (Decimal(TOTAL), Decimal(TOTAL))


def test_a_workbook_full_of_formulas_is_read_by_its_saved_values_and_says_so() -> None:
    found = read_bill(xlsx_bill(SOUND, formulas=True))
    assert [one.total for one in found.lines] == [Decimal(one[5]) for one in SOUND]
    assert (found.formulas, found.total) == (3, None)


def test_what_a_spreadsheet_keeps_in_binary_is_read_as_it_is_shown() -> None:
    line: Line = ("1", "土方", "m3", "0.30000000000000004", "1E2", "30.000000000000004")
    [found] = read_bill(xlsx_bill([line])).lines
    assert (found.quantity, found.unit_price, found.total) == (Decimal("0.3"), Decimal(100), Decimal("30"))


def test_full_width_digits_and_thousands_are_numbers() -> None:
    row = ('编号,数量,单价,合价\r\n１,２,"1,234.50","￥2,469.00"').encode()
    [found] = read_bill(row).lines
    assert (found.number, found.quantity, found.total) == ("1", Decimal(2), Decimal("2469.00"))


def test_lines_of_one_number_are_told_apart() -> None:
    assert [one.number for one in read_bill(csv_bill([SOUND[0], SOUND[0]])).lines] == ["010101001001", "010101001001·2"]


def test_rows_that_only_head_a_chapter_are_passed_over() -> None:
    assert len(read_bill(csv_bill([("A", "土石方工程", "", "", "", ""), *SOUND])).lines) == 3


def test_an_xml_bill_tells_the_tool_its_licence_and_its_machine() -> None:
    found = read_bill(xml_bill(SOUND, TOTAL, tool=("某计价软件", "K-1234", "8C-16")))
    assert found.tool == {"program": "某计价软件", "licence": "K-1234", "machine": "8C-16"}


BOMB = b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;">]><PricedBill>&c;</PricedBill>'


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(csv_bill([("1", "土方", "m3", "many", "1", "1")]), "bill.number", id="no-number"),
        pytest.param(csv_bill([("1", "土方", "m3", "1e999", "1", "1")]), "bill.number", id="huge-exponent"),
        pytest.param(csv_bill([("1", "土方", "m3", "NaN", "1", "1")]), "bill.number", id="not-finite"),
        pytest.param(csv_bill([]), "bill.empty", id="no-line"),
        pytest.param("编号,名称\r\n1,土方".encode(), "bill.headings", id="headings"),
        pytest.param(csv_bill([SOUND[0]] * 20_001), "bill.large", id="too-many-lines"),
        pytest.param(b"<other/>", "bill.file", id="another-xml"),
        pytest.param(b"<PricedBill><Item", "bill.file", id="cut-off-xml"),
        pytest.param(BOMB, "bill.file", id="entities"),
        pytest.param(b"<PricedBill>" * 60, "bill.file", id="too-deep"),
        pytest.param(archive({"a.txt": b"x"}), "import.file", id="another-archive"),
        pytest.param(archive({"xl/worksheets/sheet1.xml": b" " * ((64 << 20) + 1)}), "import.too-large", id="zip-bomb"),
        pytest.param(b"\xff\xfe\x00\x00", "import.encoding", id="no-text"),
    ],
)
def test_a_bill_that_cannot_be_read_is_refused_in_words(data: bytes, code: str) -> None:
    with pytest.raises(Problem) as told:
        read_bill(data)
    assert told.value.code == code


def test_a_bill_is_corrected_as_its_procedure_says() -> None:
    bill = read_bill(csv_bill([SOUND[0], WRONG, SLIPPED], TOTAL))
    found = corrections({"B1": bill}, {"B1": Decimal(TOTAL)}, Order.ENG)["B1"]
    assert [(one.error, one.line) for one in found.found] == [
        (Error.PRODUCT, "010501001001"),
        (Error.SLIP, "010503002001"),
    ]
    assert found.price == Decimal(TOTAL)


def test_the_same_error_in_two_bills_is_found_and_a_third_bill_stays_out() -> None:
    bills = {
        "B1": read_bill(csv_bill([SOUND[0], WRONG, SLIPPED])),
        "B2": read_bill(xml_bill([WRONG, SLIPPED], TOTAL)),
        "B3": read_bill(csv_bill([SOUND[0], ("010501001001", "混凝土垫层", "m3", "80.5", "412.36", "33195.00")])),
    }
    prices = dict.fromkeys(bills, Decimal(TOTAL))
    [shared] = shared_errors(corrections(bills, prices, Order.GP))
    assert shared.bids == ("B1", "B2")
    assert [(error, line) for error, line, _, _ in shared.errors] == [
        (Error.PRODUCT, "010501001001"),
        (Error.SLIP, "010503002001"),
    ]
