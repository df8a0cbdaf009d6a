"""Sentences: cut where a reader would, told apart from what is no text of the article, offsets exact."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.extract.text.sentences import SentenceRole, sentences

ARTICLE = """Shelling resumes near Kupiansk after quiet weekend

Gen. Oleksandr Bondar told reporters at 5 a.m. on Monday that No. 3 brigade was hit. The U.S. envoy, Dr. Ruth Hale, \
flew in. "Why now?" Mr. Hale asked. “They shelled us. Nobody answered,” she said.
Also read: Kharkiv hospital hit for the third time
A second night of fire
Three people were hurt (two of them badly). Northern Herald News reported.
Subscribe to our morning letter. It is free.
Photo: Jane Doe / Agency
READ MORE | What we know about the truce
"""


def parts(text):
    return [(text[s.start : s.end], s.role) for s in sentences(text)]


def test_an_article_is_cut_into_its_sentences_and_their_roles():
    body, headline = SentenceRole.BODY, SentenceRole.HEADLINE
    assert parts(ARTICLE) == [
        ("Shelling resumes near Kupiansk after quiet weekend", headline),
        ("Gen. Oleksandr Bondar told reporters at 5 a.m. on Monday that No. 3 brigade was hit.", body),
        ("The U.S. envoy, Dr. Ruth Hale, flew in.", body),
        ('"Why now?" Mr. Hale asked.', body),
        ("“They shelled us.", body),
        ("Nobody answered,” she said.", body),
        ("Also read: Kharkiv hospital hit for the third time", SentenceRole.LINK),
        ("A second night of fire", headline),
        ("Three people were hurt (two of them badly).", body),
        ("Northern Herald News reported.", SentenceRole.BOILERPLATE),
        ("Subscribe to our morning letter. It is free.", SentenceRole.BOILERPLATE),
        ("Photo: Jane Doe / Agency", SentenceRole.BOILERPLATE),
        ("READ MORE | What we know about the truce", SentenceRole.LINK),
    ]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("The answer was no. Nobody left.", 2),
        ("They crossed into the U.S. The army followed.", 2),
        ("It ended at 5 p.m. He went home.", 2),
        ("The toll reached 3.5 million. Aid is late.", 2),
        ("Gov. Lee met Lt. Col. J. P. Ortiz on Jan. 5 near St. Marc.", 1),
        ("The men fled... Then the shooting stopped.", 2),
        ("This report was denied by the army. Ten people died.", 2),
        ("قصفت القوات المدينة. لماذا؟ لا أحد يعرف.", 3),
        ("军队进入城市。平民逃离。", 2),
    ],
)
def test_a_full_stop_ends_a_sentence_only_where_the_next_one_begins(text, count):
    assert [s.role for s in sentences(text)] == [SentenceRole.BODY] * count


def test_lines_of_a_narrow_column_are_one_paragraph():
    text = (
        "Rebels entered the town on Sunday\nand took the radio station, a\nwitness said. The army left\nhours before.\n"
    )
    assert [s.paragraph for s in sentences(text)] == [0, 0]
    assert parts(text)[0][0].endswith("witness said.")


def test_a_single_line_is_text_even_without_a_full_stop():
    assert parts("Rebels shelled the town on Sunday") == [("Rebels shelled the town on Sunday", SentenceRole.BODY)]


def test_the_verb_to_read_makes_no_link():
    assert parts("Read the statement aloud, the judge said. He did.")[0][1] is SentenceRole.BODY


@given(st.text(alphabet=st.sampled_from("aB .!?\n\r\t“”\"'(.)0。؟\x00\u2028é"), max_size=200))
def test_sentences_cover_everything_but_white_space_in_order(text):
    found = sentences(text)
    assert all(text[s.start : s.end].strip() == text[s.start : s.end] != "" for s in found)
    ends = [0, *(s.end for s in found)]
    starts = [*(s.start for s in found), len(text)]
    assert all(not text[end:start].strip() for end, start in zip(ends, starts, strict=True))


@pytest.mark.parametrize("hostile", ["." * 500_000, "(" * 500_000, "Mr. " * 50_000, "“" * 300_000, "a\n" * 100_000])
def test_hostile_text_is_cut_without_a_hang(hostile):
    assert sentences(hostile)[-1].end == len(hostile.rstrip())
