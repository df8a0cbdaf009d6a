"""Labels of choices: Streamlit finds the chosen ones by their label, so no two may be the same."""

from dashboard.store.summary import Choice
from dashboard.ui.explore.filter_bar import labels_of


def test_two_places_of_one_name_have_two_labels():
    choices = [Choice(value="geonames:1", label="Kabul", count=1), Choice(value="geonames:2", label="Kabul", count=1)]
    assert labels_of(choices) == {"geonames:1": "Kabul (1) · geonames:1", "geonames:2": "Kabul (1) · geonames:2"}


def test_labels_are_cleaned_for_display_and_cut_and_the_value_stays_as_it_is():
    hostile = "\u202eevil" + "x" * 100
    labels = labels_of([Choice(value=hostile, label=hostile, count=1200)])
    assert labels == {hostile: "evil" + "x" * 76 + " (1,200)"}
