"""The figures of `make evaluate`: by cases small enough to count by hand, and the gold set they are measured on."""

import json
from datetime import date

import pytest

from dashboard.errors import DataError
from dashboard.gazetteer.index import Gazetteer
from dashboard.model import Assertion, DatePrecision, EventType
from dashboard.taxonomy import is_sub_type
from tools import evaluate
from tools.evaluate_gold import gold_files, read_gold
from tools.evaluate_scores import DateScore, EventScore, PlaceScore, distance_km, macro_f1, matched

DOCUMENTS = [json.loads(line) for line in evaluate.OWN_GOLD.read_text(encoding="utf-8").splitlines()]
TEXT = "From Aden to New Delhi and Rome."


def span(text, words, lat=None, lon=None, **more):
    start = text.index(words)
    return {"start": start, "end": start + len(words), "text": words, "lat": lat, "lon": lon, **more}


def event(**changed):
    day = {"date_start": "2024-05-01", "date_end": "2024-05-01"}
    return (
        {"event_type": "battle", "toponym": "Aden", "lat": 12.8, "lon": 45.0, "assertion": "reported"} | day | changed
    )


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document["doc_id"])
def test_the_gold_sets_offsets_are_those_of_its_words(document):
    text = document["text"]
    assert 80 <= len(text.split()) <= 160
    for kind in ("toponyms", "times"):
        end = 0
        for one in document[kind]:
            assert text[one["start"] : one["end"]] == one["text"]
            assert one["start"] >= end
            end = one["end"]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document["doc_id"])
def test_the_gold_sets_events_and_dates_are_ones_the_program_could_write(document):
    names = {one["text"] for one in document["toponyms"]}
    for one in document["events"]:
        assert is_sub_type(EventType(one["event_type"]), one["sub_event_type"])
        assert Assertion(one["assertion"])
        assert one["toponym"] in names
        days = one["date_start"], one["date_end"]
        assert days == (None, None) or date.fromisoformat(days[0]) <= date.fromisoformat(days[1])
    for one in document["times"]:
        assert (DatePrecision(one["precision"]) is DatePrecision.UNKNOWN) == (one["first"] is None)
        assert one["first"] is None or date.fromisoformat(one["first"]) <= date.fromisoformat(one["last"])


def test_the_gold_set_tells_of_many_conflicts():
    assert len(DOCUMENTS) >= 25
    assert {one["event_type"] for document in DOCUMENTS for one in document["events"]} == set(EventType)
    assert {one["assertion"] for document in DOCUMENTS for one in document["events"]} == set(Assertion)


def test_names_are_counted_as_found_near_or_far():
    gold = [
        span(TEXT, "Aden", 12.8, 45.0),  # found, and put about 111 km off: near
        span(TEXT, "New Delhi", 28.6, 77.2),  # found in part, and put right
        span(TEXT, "Rome", 41.9, 12.5),  # found, not resolved
    ]
    found = [span(TEXT, "Aden", 13.8, 45.0), span(TEXT, "Delhi", 28.6, 77.2), span(TEXT, "Rome"), span(TEXT, "From")]
    score = PlaceScore()
    score.add(TEXT, gold, found)
    assert score.exact_f1 == pytest.approx(2 * 2 / (4 + 3))
    assert score.lenient_f1 == pytest.approx(2 * 3 / (4 + 3))
    assert score.accuracy == pytest.approx(2 / 3)
    assert score.end_to_end_f1 == pytest.approx(2 * 2 / (4 + 3))
    assert score.offset_faults == 0


def test_words_that_stand_elsewhere_are_an_offset_fault_and_never_right():
    score = PlaceScore()
    score.add(TEXT, [span(TEXT, "Aden", 12.8, 45.0)], [span(TEXT, "Aden", 12.8, 45.0) | {"text": "Adén"}])
    assert (score.offset_faults, score.found, score.exact_f1) == (1, 1, 0)


def test_rows_that_are_no_names_and_repeated_ones_do_not_count():
    score = PlaceScore()
    gold = [span(TEXT, "Aden", 12.8, 45.0), span(TEXT, "Rome", type="common_noun")]
    score.add(TEXT, gold, [span(TEXT, "Aden", 12.8, 45.0)] * 2 + [span(TEXT, "Rome", 41.9, 12.5)])
    assert (score.gold, score.found, score.exact_f1, score.end_to_end_f1) == (1, 1, 1, 1)


def test_a_name_without_coordinates_is_neither_near_nor_far():
    score = PlaceScore()
    gold = [span(TEXT, "Aden", 12.8, 45.0), span(TEXT, "Rome")]
    score.add(TEXT, gold, [span(TEXT, "Aden", 12.8, 45.0), span(TEXT, "Rome", 41.9, 12.5)])
    assert (score.accuracy, score.end_to_end_f1, score.exact_f1) == (1, 1, 1)


def test_equal_spans_are_matched_before_longer_ones():
    gold, whole = span(TEXT, "Delhi"), span(TEXT, "New Delhi")
    assert matched([gold], [whole, gold]) == [(gold, gold)]


def test_a_quarter_of_the_equator_is_ten_thousand_kilometres():
    assert distance_km(0, 0, 0, 90) == pytest.approx(10_007.6, abs=0.1)


def test_dates_are_right_if_both_days_are_and_one_not_found_is_wrong():
    text = "On Monday, in May and for two days."
    gold = [
        span(text, "Monday", first="2024-05-06", last="2024-05-06"),
        span(text, "May", first="2024-05-01", last="2024-05-31"),
        span(text, "two days", first=None, last=None),
    ]
    found = [gold[0], gold[1] | {"last": "2024-05-30"}]
    score = DateScore()
    score.add(text, gold, found)
    assert score.exact_f1 == pytest.approx(2 * 2 / (2 + 3))
    assert score.interval_accuracy == pytest.approx(1 / 3)


def test_an_event_counts_once_and_only_if_type_place_days_and_assertion_are_right():
    gold = [event(), event(toponym="Rome", lat=41.9, lon=12.5), event(event_type="riot")]
    found = [
        event(lat=13.0),
        event(),  # the same again: one too many
        event(toponym="Rome", lat=34.3, lon=-85.2),  # the one in Georgia
        event(event_type="riot", assertion="claimed"),
    ]
    score = EventScore()
    score.add(gold, found)
    assert (score.gold, score.found, score.whole, score.placed, score.named) == (3, 4, 1, 2, 2)


def test_rare_types_weigh_as_much_as_common_ones():
    # AID: 2 right of 2 said and 3 meant: 4/5. REJECT: 1 right, 2 said, 1 meant: 2/3.
    assert macro_f1(["AID", "AID", "AID", "REJECT"], ["AID", "AID", "REJECT", "REJECT"]) == pytest.approx(11 / 15)
    assert macro_f1([], []) is None


def test_gold_files_are_known_by_their_fields(tmp_path):
    rows = [{"text": "They met.", "event": "DEMAND"}, {"text": "In May.", "times": []}]
    (tmp_path / "any name.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    (tmp_path / "other.jsonl").write_text('{"text": "Nothing is marked here."}\n', encoding="utf-8")
    [found] = gold_files([tmp_path])
    assert found.name == "any name"
    assert found.sentences == [("They met.", "REQUEST")]
    assert [one["text"] for one in found.having("times")] == ["In May."]
    assert found.having("toponyms") == []
    with pytest.raises(DataError, match="found none"):
        gold_files([tmp_path / "other.jsonl"])


@pytest.mark.parametrize("line", ["{", "[]", '{"doc_id": "a"}', "[" * 100_000])
def test_a_line_that_is_no_gold_says_where_it_stands(tmp_path, line):
    (tmp_path / "gold.jsonl").write_text(f'{{"text": "fine"}}\n{line}\n', encoding="utf-8")
    with pytest.raises(DataError, match="line 2: expected an object with a text"):
        read_gold(tmp_path / "gold.jsonl")


def test_the_table_tells_every_figure_of_the_gold_set_and_no_offset_is_at_fault(capsys):
    evaluate.main(["--no-ner"])
    heading, _, columns, _, *lines = capsys.readouterr().out.rstrip().split("\n")
    assert heading == "Recogniser: none, gazetteer and rules alone"
    assert columns.split() == ["gold"]
    told = {line.rsplit(maxsplit=1)[0].strip(): line.split()[-1] for line in lines}
    assert {name for name, figure in told.items() if figure == "–"} == {
        "event types, macro-F1",
        "event types, accuracy",
    }
    assert told["offset faults"] == "0"
    assert float(told["toponyms found, exact F1"]) > 0.95
    assert float(told["within 161 km, spans given"]) > 0.85
    assert float(told["dates read as the right days"]) > 0.95
    assert float(told["events found: type and place, F1"]) > 0.75


def test_sentences_alone_are_scored_without_an_article(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "Crowds marched in Lomé.", "event": "PROTEST"}\n', encoding="utf-8")
    figures = evaluate.measure(read_gold(tmp_path / "a.jsonl"), Gazetteer.open(), None)
    assert {name: figure for name, figure in figures.items() if figure is not None} == {
        "documents or sentences": 1,
        "event types, macro-F1": 1,
        "event types, accuracy": 1,
        evaluate.FAILED: 0,
    }


def test_a_text_that_the_rules_fail_on_is_counted_and_named_and_the_others_are_scored(capsys, tmp_path, monkeypatch):
    documents = [
        {"text": text, "published": "2025-03-05", "toponyms": [], "times": [], "events": []}
        for text in ("Rebels attacked Bamako on Monday.", "Rebels attacked Goma on Monday.")
    ]
    file = tmp_path / "two.jsonl"
    file.write_text("\n".join(map(json.dumps, documents)), encoding="utf-8")
    monkeypatch.setattr(evaluate, "load_recogniser", lambda: failing)
    monkeypatch.setattr(evaluate, "_pipeline", lambda: "one that fails")
    with pytest.raises(SystemExit) as ended:
        evaluate.main([str(file)])
    assert ended.value.code == 1
    told = capsys.readouterr()
    assert [line.split()[-1] for line in told.out.splitlines() if line.startswith(evaluate.FAILED)] == ["1"]
    assert told.err.startswith("two: 'Rebels attacked Bamako on Monday.': The rules failed on it (KeyError in ")
    assert told.err.count("The rules failed") == 1


def failing(text):
    return {}["century"] if "Bamako" in text else []


def test_a_file_that_is_not_there_ends_in_a_sentence(capsys, tmp_path):
    with pytest.raises(SystemExit):
        evaluate.main([str(tmp_path / "missing.jsonl")])
    assert "missing.jsonl: expected a file of JSON lines" in capsys.readouterr().err
