"use strict";
// The small map on which a person chooses a place: numbered candidates, and a pin where the map is clicked.
// Python sends numbers, ids and labels as for the large map; labels become text nodes, never HTML.

const conflictmapPicking = (() => {
  const HERE = "map:here"; // the key of the pin that a click on the map has set
  const { LABEL_FONT, decoded, shortened, textWidth } = conflictmapBase;
  const state = { pins: [], layer: null, shapes: null, view: null };

  /** A candidate with its number, or the pin, from the row that Python wrote. */
  function marker([key, lat, lng, label, number, chosen, radius, outline]) {
    const element = document.createElement("div");
    element.className = `cp-pin${key === HERE ? " cp-here" : ""}${chosen ? " cp-chosen" : ""}`;
    const head = element.appendChild(document.createElement("span"));
    head.className = "cp-head";
    head.textContent = number ? String(number) : "";
    const name = element.appendChild(document.createElement("span"));
    name.className = "cp-label";
    name.dir = "auto";
    name.textContent = shortened(decoded(label));
    const pin = L.marker([lat, lng], {
      icon: L.divIcon({ className: "cp-mark", html: element, iconSize: [0, 0] }),
      keyboard: false, // the list next to the map offers the same by keyboard
      zIndexOffset: chosen ? 1000 : -number,
    });
    pin.feature = { type: "Feature", properties: { key } }; // what a click reports
    pin.cp = { key, element, name, chosen, radius, outline };
    pin.on("click", giveFocusBack);
    return pin;
  }

  /** Return the focus to the page: its keys work only while it has the focus, and a click moves it to this frame. */
  function giveFocusBack() {
    window.frameElement?.blur();
    window.parent.focus();
  }

  /** Set the pin where the map was clicked, and report it as a click on the pin. */
  function setPin({ latlng }) {
    const point = latlng.wrap();
    for (const pin of state.pins) {
      pin.cp.element.classList.remove("cp-chosen");
      if (pin.cp.key === HERE) state.layer.removeLayer(pin);
    }
    const pin = marker([HERE, point.lat, point.lng, "", 0, 1, 0, null]);
    state.pins = [...state.pins.filter((other) => other.cp.key !== HERE), pin];
    state.layer.addLayer(pin);
    state.shapes.clearLayers();
    arrange();
    pin.fire("click", { latlng: point }, true);
  }

  // ---- what a name covers ---------------------------------------------------------------------------------------

  /** The outline of the chosen place, or a ring as far as its name reaches. */
  async function drawReach(pin) {
    const { key, outline, radius } = pin.cp;
    const view = state.view;
    const geometry = outline && (await state.base.outlines(outline)).get(key);
    if (state.view !== view) return; // another event has been opened meanwhile
    const options = { className: "cp-reach", interactive: false, renderer: state.renderer };
    if (geometry) state.shapes.addLayer(L.geoJSON(geometry, options));
    else if (radius) state.shapes.addLayer(L.circle(pin.getLatLng(), { radius: radius * 1000, ...options }));
  }

  // ---- arranging ------------------------------------------------------------------------------------------------

  /** Labels take the free space around the pins, and names of the base map the rest. */
  function arrange() {
    const occupied = new conflictmapLayout.Occupied(32);
    const points = state.pins.map((pin) => state.map.project(pin.getLatLng()));
    for (const { x, y } of points) occupied.add([x - 11, y - 11, x + 11, y + 11]);
    state.pins.forEach(({ cp }, n) => {
      const text = cp.name.textContent;
      const width = Math.ceil(textWidth(text, LABEL_FONT)) + 6;
      const spot = text && conflictmapLayout.place(occupied, { ...points[n], r: 12 }, width, 17);
      cp.name.hidden = !spot;
      if (spot) cp.name.style.transform = `translate(${Math.round(spot[0])}px, ${Math.round(spot[1])}px)`;
    });
    state.base.name(occupied);
  }

  function fit() {
    if (!state.view?.fit || !state.map.getSize().x) return;
    const [west, south, east, north] = state.view.fit;
    state.map.fitBounds([[south, west], [north, east]], { padding: [46, 34], maxZoom: 7, animate: false });
  }

  // ---- the two entries ------------------------------------------------------------------------------------------

  /** Called once, by the script of the base map. */
  function start(map, options) {
    Object.assign(state, { map, options });
    map.getContainer().classList.add("cm-map", "cp-map");
    map.getContainer().style.setProperty("height", "100vh", "important");
    map.invalidateSize({ pan: false });
    map.attributionControl.setPrefix(false).addAttribution(options.attribution);
    L.control.scale({ imperial: false, maxWidth: 90 }).addTo(map);
    map.createPane("cp-shapes").style.zIndex = 350;
    state.renderer = L.svg({ pane: "cp-shapes", padding: 0.4 });
    state.shapes = L.layerGroup().addTo(map);
    state.layer = L.featureGroup().addTo(map);
    state.base = new conflictmapBase.Base(map, options);
    map.on("click", setPin);
    map.on("moveend", arrange);
    new ResizeObserver(() => {
      map.invalidateSize({ pan: false });
      if (!state.touched) fit();
    }).observe(map.getContainer());
    map.on("dragstart zoomstart", (event) => (state.touched = state.touched || event.type === "dragstart"));
    // As on the large map: without it the page would be run a second time at its start.
    if (window.__GLOBAL_DATA__) window.__GLOBAL_DATA__.last_object_clicked_count = null;
  }

  /** Called for every view, which is {pins, id, fit: [west, south, east, north], dark}. A new id fits the map again. */
  function show(view) {
    const isNew = view.id !== state.view?.id;
    window.feature_group = []; // otherwise the component keeps, and removes again, every group it ever showed
    state.shapes.clearLayers();
    state.layer.clearLayers();
    state.view = view;
    state.map.getContainer().classList.toggle("cm-dark", view.dark);
    state.base.setDark(view.dark);
    state.pins = view.pins.map(marker);
    for (const pin of state.pins) {
      state.layer.addLayer(pin);
      if (pin.cp.chosen) drawReach(pin);
    }
    const chosen = state.pins.find((pin) => pin.cp.chosen);
    if (isNew) {
      state.touched = false;
      fit();
    } else if (chosen && !state.map.getBounds().contains(chosen.getLatLng())) {
      state.map.panTo(chosen.getLatLng(), { animate: false }); // it was chosen from the list
    }
    arrange();
  }

  return { start, show };
})();
