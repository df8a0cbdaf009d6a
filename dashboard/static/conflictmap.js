"use strict";
// The map inside its frame: the marks of each view, the signs they form at this zoom, the selection, and the position
// of the map. Python sends numbers, ids, names of types, and labels in which everything but letters, digits and plain
// stops is a numeric entity.

const conflictmap = (() => {
  const { isOfCell } = conflictmapMarks;
  const state = {
    marks: new Map(), items: [], byKey: new Map(), selected: "", members: null, fit: null, fitted: false, touched: false, fitting: false, sent: 0,
  };

  // ---- what is chosen -----------------------------------------------------------------------------------------

  /** Highlight what a key stands for: its sign, or the signs that its members are part of now. */
  function select(key) {
    state.selected = key;
    state.members = key ? conflictmapMarks.membersOf(key) : null;
    for (const mark of state.marks.values()) state.reaches.showChoice(mark);
    state.items.forEach(showChoice);
  }

  function showChoice(item) {
    const isOn = item.key === state.selected || item.marks.some(isChosen);
    item.element.classList.toggle("cm-selected", isOn);
    item.marker.setZIndexOffset(isOn ? 5000 : item.rank);
  }

  const isChosen = (mark) => Boolean(state.members) && conflictmapMarks.isMember(mark, state.members, cellAt);

  /** Column and row of the cell, at a level, that a mark lies in. */
  function cellAt(mark, level) {
    const { x, y } = state.map.project([mark.lat, mark.lng], level - 8); // the world is 2 ** level pixels wide, so a cell is one pixel
    return [Math.floor(x), Math.floor(y)];
  }

  // ---- marks and items ----------------------------------------------------------------------------------------

  /** Replace the marks by those of the rows. Unchanged marks are kept: at most steps that is most of them. */
  function update(rows) {
    const before = state.marks;
    state.marks = new Map();
    let isChanged = before.size !== rows.length;
    for (const row of rows) {
      const facts = conflictmapMarks.factsOf(row, state.types);
      const previous = before.get(facts.key);
      const isKept = Boolean(previous) && conflictmapMarks.differInCountsOnly(previous.facts, facts);
      isChanged ||= !isKept || !conflictmapMarks.areEqual(previous.facts, facts);
      const mark = isKept ? previous : makeMark(facts);
      if (isKept) {
        mark.facts = facts;
        state.reaches.showState(mark);
      }
      state.marks.set(mark.key, mark);
    }
    for (const mark of before.values()) if (state.marks.get(mark.key) !== mark) state.reaches.remove(mark);
    for (const mark of state.marks.values()) if (before.get(mark.key) !== mark) state.reaches.draw(mark);
    if (isChanged) state.arrangedAt = null;
  }

  /** A mark: events of one kind at one place, or in one cell. A sign stands for one or several marks. */
  function makeMark(facts) {
    const { key, lat, lng, place, shape } = facts;
    return {
      key, lat, lng, near: lng, place, facts, paths: [],
      cell: isOfCell(shape) ? conflictmapMarks.cellFrom(place) : null,
      kind: conflictmapMarks.kindOf(facts),
      drawnRadiusKm: facts.radiusKm || state.options.default_area_radius_km,
    };
  }

  /** Replace the items on the map by those of the signs. */
  function draw(signs) {
    const focused = state.items.find((item) => item.marker.getElement() === document.activeElement);
    const kept = new Map();
    const fresh = [];
    for (const part of signs.flatMap((sign) => conflictmapMarks.partsOf(sign, (point) => state.map.unproject(point)))) {
      const item = state.byKey.get(part.facts.key);
      if (item && conflictmapItems.canShow(item, part)) kept.set(item.key, conflictmapItems.update(item, part));
      else fresh.push(part);
    }
    for (const item of state.items) if (kept.get(item.key) !== item) state.groups.removeLayer(item.marker);
    for (const part of fresh) {
      const item = conflictmapItems.makeItem(part, state.tip, select);
      kept.set(item.key, item);
      state.groups.addLayer(item.marker);
    }
    state.byKey = kept;
    state.items = [...kept.values()].sort(byImportance);
    state.items.forEach((item, n) => (item.rank = 1000 - n));
    state.items.forEach(showChoice);
    if (focused) keepFocus(focused);
  }

  /** The order in which items lie over each other and get their label. */
  function byImportance(a, b) {
    return (b.key === state.selected) - (a.key === state.selected) || conflictmapMarks.byPrecedence(a.facts, b.facts) ||
      a.facts.isFaded - b.facts.isFaded ||
      (isOfCell(a.facts.shape) ? 0 : b.facts.count - a.facts.count) || // a cluster keeps its rank while its count changes
      (a.key < b.key ? -1 : 1);
  }

  /** Restore the focus to where it was: to the same item, or the nearest one. */
  function keepFocus({ key, lat, lng }) {
    const away = (item) => (item.lat - lat) ** 2 + (item.lng - lng) ** 2;
    const next = state.byKey.get(key) || state.items.reduce((best, item) => (best && away(best) <= away(item) ? best : item), null);
    const icon = next?.marker.getElement();
    if (icon && icon !== document.activeElement) icon.focus({ preventScroll: true });
  }

  // ---- arranging ----------------------------------------------------------------------------------------------

  /** Arrange signs and labels: signs follow from the marks, labels take the free space, and names of the base map the rest. */
  function arrange() {
    const zoom = state.map.getZoom();
    if (state.arrangedAt !== zoom) {
      draw(arrangedSigns(zoom));
      state.arrangedAt = zoom;
    }
    const occupied = new conflictmapLayout.Occupied(32);
    for (const { box } of new Set(state.items.map(({ sign }) => sign))) occupied.add(box);
    for (const box of controlBoxes()) occupied.add(box);
    conflictmapLayout.label(occupied, state.items, viewBox());
    state.items.forEach(conflictmapItems.moveParts);
    state.base.name(occupied);
  }

  /** The signs of this zoom. Their order, and so their precedence, does not depend on counts: the slider moves nothing. */
  function arrangedSigns(zoom) {
    const marks = [...state.marks.values()].sort((a, b) => conflictmapMarks.byPrecedence(a.facts, b.facts) || (a.key < b.key ? -1 : 1));
    const world = 256 * 2 ** zoom;
    const points = marks.map((mark, order) => {
      const { x, y } = state.map.project([mark.lat, mark.near]).round();
      const cell = mark.cell && cellBox(mark.cell, world, Math.round((mark.near - mark.lng) / 360));
      return { mark, x, y, cell, order, place: mark.place, kind: mark.kind };
    });
    return conflictmapLayout.signs(points, conflictmapSymbols.halfWidth);
  }

  /** The pixels of a cell in one copy of the world. */
  function cellBox([level, column, row], world, copy) {
    const size = world / 2 ** level;
    const [left, top] = [column * size + copy * world, row * size];
    return [left, top, left + size, top + size];
  }

  /** What is in view, in absolute pixels of this zoom level. */
  function viewBox() {
    const { min, max } = state.map.getPixelBounds();
    return [min.x, min.y, max.x, max.y];
  }

  /** The boxes of buttons, scale and credits over the map, in the same pixels. */
  function controlBoxes() {
    state.controls ??= measuredControls();
    const { min } = state.map.getPixelBounds();
    return state.controls.map(([left, top, right, bottom]) => [left + min.x, top + min.y, right + min.x, bottom + min.y]);
  }

  /** The same from the corner of the map. Measuring forces a layout of the page, so the result is cached until the map moves. */
  function measuredControls() {
    const map = state.map.getContainer().getBoundingClientRect();
    return [...state.map.getContainer().querySelectorAll(".leaflet-control")].map((control) => {
      const { left, top, right, bottom } = control.getBoundingClientRect();
      return [left - map.left, top - map.top, right - map.left, bottom - map.top];
    });
  }

  /** Move every mark to the copy of the world that is in view, so that the date line is not an edge. */
  function bringNear() {
    const centre = state.map.getCenter().lng;
    for (const mark of state.marks.values()) {
      const near = mark.lng + 360 * Math.round((centre - mark.lng) / 360);
      if (near === mark.near) continue;
      state.arrangedAt = null;
      mark.near = near;
      state.reaches.move(mark);
    }
  }

  // ---- where the map is ---------------------------------------------------------------------------------------

  function isNarrow() {
    return state.map.getSize().x < 560;
  }

  /** Narrow screens need a lower minimum zoom to show the whole world. */
  function setLeastZoom() {
    state.map.options.minZoom = isNarrow() ? 0 : 1;
  }

  function fit() {
    if (!state.fit || !state.map.getSize().x) return;
    const [west, south, east, north] = state.fit;
    const narrow = isNarrow();
    state.fitting = true;
    state.map.fitBounds([[south, west], [north, east]], {
      paddingTopLeft: narrow ? [64, 40] : [76, 44], // right of the buttons
      paddingBottomRight: narrow ? [48, 44] : [90, 48],
      maxZoom: 8,
      animate: false,
    });
    state.fitting = false;
    state.fitted = true;
    state.touched = false;
    report();
  }

  /** Position the map: as a link says, at the start and whenever the page moves it; else on all events. */
  function moveTo({ at, go }) {
    const isSent = go !== state.sent;
    state.sent = go;
    if (at && (isSent || !state.fitted)) {
      state.map.setView([at[0], at[1]], at[2], { animate: false });
      Object.assign(state, { fitted: true, touched: true });
    } else if (!state.fitted || isSent) fit();
  }

  function resized() {
    state.controls = null;
    state.map.invalidateSize({ pan: false });
    setLeastZoom();
    if (state.fit && (!state.fitted || !state.touched)) fit();
  }

  /**
   * Report the view to the page. streamlit-folium passes it on in the field of its search box, which this map does not
   * have, a quarter of a second after the map comes to rest, and only if it has changed. A map that shows all marks and
   * was never moved by hand reports nothing.
   */
  function report() {
    if (!window.__GLOBAL_DATA__ || !state.map.getSize().x || !(state.touched || state.clustered)) return;
    const round = (value, digits) => Number(value.toFixed(digits));
    const { lat, lng } = state.map.getCenter();
    const box = state.map.getBounds();
    window.__GLOBAL_DATA__.last_geocoder_result = {
      centre: [round(lat, 4), round(lng, 4)],
      zoom: round(state.map.getZoom(), 2),
      box: [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()].map((degrees) => round(degrees, 4)),
      moved: state.touched,
    };
  }

  // ---- entry points -------------------------------------------------------------------------------------------

  const FitButton = L.Control.extend({
    options: { position: "topleft" },
    onAdd() {
      const bar = L.DomUtil.create("div", "leaflet-bar cm-fit");
      const button = L.DomUtil.create("button", "", bar);
      button.type = "button";
      button.title = "Show all events";
      button.setAttribute("aria-label", "Show all events");
      const icon = conflictmapSymbols.svg("svg", { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" }, button);
      conflictmapSymbols.svg("path", { d: "M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4" }, icon);
      L.DomEvent.disableClickPropagation(bar);
      L.DomEvent.on(button, "click", fit);
      return bar;
    },
  });

  /** Called once, by the script of the base map. */
  function start(map, options) {
    const types = options.types.map(([name, letter, colour, ink, line]) => ({ name, letter, colour, ink, line }));
    Object.assign(state, { map, options, types });
    map.getContainer().classList.add("cm-map");
    // The style sheet says so too, but it may load after the marks are drawn, and the map would jump under them.
    map.getContainer().style.setProperty("height", "100vh", "important");
    map.invalidateSize({ pan: false });
    setLeastZoom();
    map.attributionControl.setPrefix(false).addAttribution(options.attribution);
    L.control.scale({ imperial: false, maxWidth: 110 }).addTo(map);
    new FitButton().addTo(map);
    state.groups = L.featureGroup().addTo(map);
    state.base = new conflictmapBase.Base(map, options);
    state.tip = new conflictmapItems.Tip(map);
    state.reaches = new conflictmapReaches.Reaches(map, state.base, {
      tip: state.tip, clicks: state.groups, choose: select, isChosen, onOutline: nameAgain,
    });
    map.on("movestart", () => {
      state.tip.hide();
      if (!state.fitting) state.touched = true;
    });
    map.on("moveend", () => {
      state.controls = null; // the length of the scale changes
      bringNear();
      arrange();
      report();
    });
    // Until the style sheet has loaded, the buttons and the scale are elsewhere.
    for (const sheet of document.querySelectorAll("link[rel=stylesheet]")) {
      sheet.addEventListener("load", () => {
        state.controls = null;
        arrange();
      });
    }
    new ResizeObserver(resized).observe(map.getContainer());
    // With null, as in Python before the first click, the component has nothing to report at the start, so the
    // page is not run a second time.
    if (window.__GLOBAL_DATA__) window.__GLOBAL_DATA__.last_object_clicked_count = null;
  }

  /** Update the accessible name of an area, which says whether its outline is known. */
  function nameAgain(mark) {
    for (const item of state.items) if (item.marks[0] === mark) conflictmapItems.setAccessibleName(item);
  }

  /** Called for every view: {marks, selected, fit: [west, south, east, north], at: [lat, lng, zoom], go, clustered, dark}. */
  function show(view) {
    window.feature_group = []; // otherwise the component keeps, and removes again, every group it ever showed
    state.tip.hide();
    Object.assign(state, { fit: view.fit, clustered: view.clustered });
    state.map.getContainer().classList.toggle("cm-dark", view.dark);
    state.base.setDark(view.dark);
    update(view.marks);
    bringNear();
    select(view.selected);
    moveTo(view);
    arrange();
  }

  return { start, show };
})();
