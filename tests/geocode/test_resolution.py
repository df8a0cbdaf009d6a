"""Where the names of one article lie: each name is evidence for the others. Places looked up on a map by hand."""

import json

import pytest
from click.testing import CliRunner

from dashboard.cli.commands import main
from dashboard.errors import DataError
from dashboard.extract.places.recognise import recognise
from dashboard.gazetteer.index import Gazetteer
from dashboard.geocode import OwnPlaces
from dashboard.geocode.article.context import ArticleContext
from dashboard.ingest.geoparse_lines import geoparse_lines
from dashboard.model import Place, Toponym


@pytest.fixture(scope="module")
def gazetteer():
    return Gazetteer.open()


def places(text, gazetteer, own=None):
    toponyms = recognise(text, gazetteer)
    found = ArticleContext(toponyms, text, gazetteer, own).resolutions
    return {
        one.text: (at.place.country_code, at.place.feature_code)
        for one, at in zip(toponyms, found, strict=True)
        if at is not None
    }


@pytest.mark.parametrize(
    ("text", "name", "country", "kind"),
    [
        ("Storms hit Georgia and Alabama. Atlanta, Georgia, lost power.", "Georgia", "US", "ADM1"),
        ("Tbilisi is the capital of Georgia. Georgia borders Armenia.", "Georgia", "GE", "PCLI"),
        ("In Ontario a fire broke out near London.", "London", "CA", "PPL"),
        ("Paris, Texas, was flooded.", "Paris", "US", "PPL"),
        ("Fires burned in California, Oregon and Nevada.", "California", "US", "ADM1"),
        ("Hospitals in Melbourne, Victoria, were full.", "Victoria", "AU", "ADM1"),
        ("Hideouts in Kandahar and Kabul were hit.", "Kandahar", "AF", "PPL"),
        ("Fighting went on in Kandahar province, in Afghanistan.", "Kandahar", "AF", "ADM1"),
        ("Iranian police were shot in Balochistan.", "Balochistan", "IR", "ADM1"),
        ("He drove to Córdoba from Rosario. Argentine police followed.", "Córdoba", "AR", "PPL"),
        ("Police in San José, the capital of Costa Rica, fired.", "San José", "CR", "PPLC"),
    ],
)
def test_the_rest_of_the_article_decides(gazetteer, text, name, country, kind):
    found_country, found_kind = places(text, gazetteer)[name]
    assert found_country == country
    assert found_kind.startswith(kind)


def test_one_name_has_one_place_unless_the_words_beside_it_tell_another_kind(gazetteer):
    text = "Kabul was calm. In Kabul province shots were heard. Kabul slept."
    toponyms = recognise(text, gazetteer)
    found = [one.place.feature_code for one in ArticleContext(toponyms, text, gazetteer).resolutions]
    assert found == ["PPLC", "ADM1", "PPLC"]


def test_an_unknown_name_is_placed_by_the_one_it_holds_and_says_so(gazetteer):
    text = "They shelled Mariupol Steelworks Port."
    toponym = Toponym(text="Mariupol Port", start=13, end=26)
    [found] = ArticleContext([toponym], text, gazetteer).resolutions
    assert found.place.name == "Mariupol"
    assert found.geo_precision.value == "near"
    assert found.reason.startswith("the name is not known, but holds 'Mariupol'")


def test_runners_up_stay_with_their_scores_and_unknown_names_are_none(gazetteer):
    text = "In Springfield, Illinois, and in Xulumbazi."
    toponyms = [Toponym(text=name, start=text.index(name), end=text.index(name) + len(name)) for name in
                ("Springfield", "Illinois", "Xulumbazi")]  # fmt: skip
    springfield, illinois, unknown = ArticleContext(toponyms, text, gazetteer).resolutions
    assert springfield.place.admin1_name == "Illinois"
    assert len(springfield.candidates) > 5
    assert springfield.candidates[0].score > springfield.candidates[1].score
    assert illinois.place.feature_code == "ADM1"
    assert unknown is None


def test_a_persons_own_place_goes_before_all(gazetteer):
    own = OwnPlaces([Place(place_id="local:x", name="Kabul", latitude=1.0, longitude=2.0, country_code="XX")])
    assert places("Shots in Kabul.", gazetteer, own)["Kabul"] == ("XX", "")


def test_geoparse_prints_one_object_for_each_name(tmp_path):
    text = "Khartoum's demand was refused in Juba by Sudanese officials."
    lines = [{"doc_id": "a", "text": text, "toponyms": [{"start": 33, "end": 37}]}, {"doc_id": "b", "text": ""}]
    file = tmp_path / "in.jsonl"
    file.write_text("\n".join(json.dumps({"toponyms": [], **line}) for line in lines), encoding="utf-8")
    result = CliRunner().invoke(main, ["geoparse", "--rules-only", "--jsonl", str(file)])
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(one["doc_id"], one["text"]) for one in found] == [("a", "Khartoum"), ("a", "Juba")]
    assert found[1]["lat"] == pytest.approx(4.85, abs=0.1)
    assert text[found[1]["start"] : found[1]["end"]] == "Juba"
    given = CliRunner().invoke(main, ["geoparse", "--rules-only", "--given-spans", "--jsonl", str(file)])
    assert [json.loads(line)["text"] for line in given.stdout.splitlines()] == ["Juba"]


@pytest.mark.parametrize("line", ["{", "[]", '{"doc_id": 1}', '{"doc_id": 1, "text": "x", "toponyms": [{}]}'])
def test_geoparse_says_which_line_is_wrong(tmp_path, line):
    file = tmp_path / "in.jsonl"
    file.write_text(line, encoding="utf-8")
    result = CliRunner().invoke(main, ["geoparse", "--rules-only", "--given-spans", "--jsonl", str(file)])
    assert result.exit_code == 1
    assert "line 1: expected" in result.output


def test_geoparse_names_the_lines_it_cannot_read_and_prints_the_others(tmp_path):
    file = tmp_path / "in.jsonl"
    bad = [
        b'{"doc_id": 1, "text": "In Kab\xe9ul"}',
        b"{",
        b'{"doc_id": 3, "text": "x", "toponyms": [{"start": 0, "end": 9}]}',
    ]
    good = b'{"doc_id": "\\ud800", "text": "Talks in Juba \\ud83d.", "toponyms": [{"start": 9, "end": 13}]}'
    file.write_bytes(b"\n".join([*bad, good]))
    result = CliRunner().invoke(main, ["geoparse", "--rules-only", "--given-spans", "--jsonl", str(file)])
    assert result.exit_code == 1
    assert [json.loads(line)["text"] for line in result.stdout.splitlines()] == ["Juba"]
    assert result.stderr.splitlines() == [
        "line 1: expected one JSON object a line, but byte 30 is 0xe9, which is not UTF-8.",
        "line 2: expected one JSON object a line, got '{U+000A'.",
        "line 3: a toponym must lie within its text of 1 characters, got 0 to 9.",
    ]


def test_geoparse_reads_on_after_a_text_that_the_rules_fail_on():
    def failing(text):
        return {}["century"] if "Mali" in text else []

    lines = [json.dumps({"doc_id": 1, "text": text}) for text in ("In Mali.", "In Juba.")]
    told = []
    found = list(geoparse_lines(lines, Gazetteer.open(), failing, tell=told.append))
    assert [one["text"] for one in found] == ["Juba"]
    (sentence,) = told
    assert sentence.startswith("line 1: The rules failed on it (KeyError in geocode/test_resolution.py, line ")
    with pytest.raises(DataError, match="line 1: The rules failed on it"):
        list(geoparse_lines(lines, Gazetteer.open(), failing))
