"""Pages as they are usually written with Streamlit and folium, one for each way of drawing many events."""

EMPTY = """
import datetime
import streamlit as st

day = datetime.date
chosen = st.slider("Period", day(2006, 1, 1), day(2026, 1, 1), (day(2015, 1, 1), day(2026, 1, 1)))
st.text(f"from {chosen[0]}")
"""

EMPTY_OF_A_MAP = f"""
import folium
import pandas
from streamlit_folium import st_folium
{EMPTY}"""
"""The empty page with what every page with a map imports: Streamlit walks all of it for garbage after every run."""

_HEAD = """
import datetime
import folium
import pandas as pd
import streamlit as st
from folium.plugins import FastMarkerCluster, MarkerCluster
from streamlit_folium import st_folium

day = datetime.date


@st.cache_data
def load():
    columns = ["title", "passage", "event_type", "date_end", "latitude", "longitude"]
    return pd.read_parquet("events.parquet", columns=columns).astype({"date_end": "datetime64[s]"})


def local(map, *names):
    map.default_js = [(name, f"../../app/static/{name}") for name in ("leaflet.js", "jquery.min.js", *names)]
    map.default_css = [(name, f"../../app/static/{name}") for name in ("leaflet.css",)]


events = load()
step = datetime.timedelta(days=90)
chosen = st.slider("Period", day(2006, 1, 1), day(2026, 1, 1), (day(2008, 1, 1), day(2026, 1, 1)), step=step)
shown = events[events["date_end"] >= pd.Timestamp(chosen[0])]
"""

MARKER_CLUSTER = (
    _HEAD
    + """
m = folium.Map(location=[20, 20], zoom_start=2, tiles=None, maxZoom=18)
local(m)
group = MarkerCluster()
group.default_js = [("cluster", "../../app/static/leaflet.markercluster.js")]
group.default_css = [("cluster css", "../../app/static/MarkerCluster.Default.css")]
group.add_to(m)
for row in shown.itertuples():
    point = [row.latitude, row.longitude]
    folium.Marker(point, popup=row.passage, tooltip=row.title, icon=folium.DivIcon(html="o")).add_to(group)
st_folium(m, width=900, height=500, key="map")
"""
)

FAST_MARKER_CLUSTER = (
    _HEAD
    + """
m = folium.Map(location=[20, 20], zoom_start=2, tiles=None, maxZoom=18)
local(m)
marker = "function (row) { return L.marker(new L.LatLng(row[0], row[1]), {icon: L.divIcon()}); }"
group = FastMarkerCluster(shown[["latitude", "longitude"]].values.tolist(), callback=marker)
group.default_js = [("cluster", "../../app/static/leaflet.markercluster.js")]
group.default_css = [("cluster css", "../../app/static/MarkerCluster.Default.css")]
group.add_to(m)
st_folium(m, width=900, height=500, key="map")
"""
)

PYDECK = (
    _HEAD
    + """
import pydeck
points = shown[["longitude", "latitude"]]
layer = pydeck.Layer("ScatterplotLayer", points, get_position=["longitude", "latitude"], get_radius=20000)
view = pydeck.ViewState(latitude=20, longitude=20, zoom=1)
st.pydeck_chart(pydeck.Deck(layers=[layer], map_style=None, initial_view_state=view))
st.text(f"{len(shown)} events")
"""
)

CLUSTERED = """[...document.querySelector("iframe[title*=streamlit_folium]").contentDocument
    .querySelectorAll(".leaflet-marker-icon")].map((icon) => icon.textContent + icon.style.transform).join()"""
"""What the maps of these pages show: their clusters with their numbers."""
