"use strict";
// What happens inside the map's frame. Python hands over numbers, ids, names of types, and labels in which
// everything but letters, digits and plain stops is a numeric entity. Labels become text nodes, never HTML, and
// no Leaflet tooltip or popup holds them: streamlit-folium reads those back through innerHTML.

const conflictmap = (() => {
  const SVG = "http://www.w3.org/2000/svg";
  const LABEL_CHARACTERS = 28;
  const LABEL_FONT = '600 12px system-ui, "Segoe UI", Roboto, sans-serif';
  const MANNER_WORDS = {
    act: "",
    named: "Only named: threatened, planned or denied. Nothing is said to have happened here.",
    background: "Background the article recalls",
  };
  const RADIUS = { act: 13, named: 13, background: 9 };
  const state = { items: [], byKey: new Map(), fit: null, fitted: false, touched: false, fitting: false, sent: 0, outlines: new Map() };

  // ---- text ---------------------------------------------------------------------------------------------------

  /** The text that Python's maptext encoded. */
  function decoded(label) {
    return label.replace(/&#([0-9]{1,7});/g, (_, code) => String.fromCodePoint(Number(code)));
  }

  const NUMBERS = new Intl.NumberFormat("en"); // kept: toLocaleString makes one for every number
  const grouped = (n) => NUMBERS.format(n);

  /** A count that fits into a symbol: 9,999 as it is, then 12k, 3.4M. The tooltip and the list have it exactly. */
  function brief(n) {
    if (n < 10_000) return grouped(n);
    const [size, letter] = n < 999_500 ? [1000, "k"] : [1_000_000, "M"];
    const scaled = n / size;
    return `${scaled < 9.95 ? scaled.toFixed(1).replace(/\.0$/, "") : Math.round(scaled)}${letter}`;
  }

  function shortened(text) {
    const characters = [...text.replace(/\s+/g, " ")];
    return characters.length > LABEL_CHARACTERS ? `${characters.slice(0, LABEL_CHARACTERS - 1).join("").trimEnd()}…` : characters.join("");
  }

  /** The lines of the tooltip; joined, what a screen reader says. */
  function description(item) {
    const { shape, manner, types, pending, faded, radius_km: radius } = item.properties;
    const each = types.map(([type, n]) => (types.length > 1 ? `${grouped(n)} ${type}` : type)).join(", ");
    const lines = [`${grouped(item.count)} ${item.count === 1 ? "event" : "events"}: ${each}`];
    if (shape === "cluster") lines.push("At several places near here; zoom in to see them apart");
    if (shape === "areas") lines.push("Somewhere in several areas near here; zoom in to see them apart");
    if (shape === "ring") lines.push(radius ? `Somewhere within about ${radius} km` : "Somewhere near");
    if (shape === "area") lines.push(item.outlined === false ? `Somewhere in an area whose outline is not known; the ring of ${item.radiusKm} km stands for it` : "Somewhere in this area");
    if (MANNER_WORDS[manner]) lines.push(MANNER_WORDS[manner]);
    if (faded) lines.push("May lie outside the chosen period");
    if (pending) lines.push("Not all reviewed yet");
    return lines;
  }

  // ---- symbols ------------------------------------------------------------------------------------------------

  function svg(name, attributes, parent) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (parent) parent.appendChild(element);
    return element;
  }

  /** A slice of a ring between two shares (0 to 1) of the full turn, from noon on. */
  function slice(from, to, inner, outer) {
    const at = (share, r) => {
      const angle = (share - 0.25) * 2 * Math.PI;
      return `${(r * Math.cos(angle)).toFixed(2)} ${(r * Math.sin(angle)).toFixed(2)}`;
    };
    const wide = to - from > 0.5 ? 1 : 0;
    return `M${at(from, outer)}A${outer} ${outer} 0 ${wide} 1 ${at(to, outer)}L${at(to, inner)}A${inner} ${inner} 0 ${wide} 0 ${at(from, inner)}Z`;
  }

  const isOfCell = (shape) => shape === "cluster" || shape === "areas";

  /** Half the width of a symbol; of a cluster it grows with the count, tenfold by 3 pixels. */
  function radiusOf({ manner, shape }, count) {
    if (isOfCell(shape)) return 13 + Math.min(10, 3 * Math.log10(count));
    return RADIUS[manner] - (shape === "area" ? 1 : 0);
  }

  /** A part of a symbol, to be made or changed by `painted`. */
  const part = (name, attributes, more = {}) => ({ name, attributes, text: "", colours: {}, parts: [], ...more });

  /** The types with their shares of all events: where each begins and ends. */
  function shares(types) {
    const total = types.reduce((sum, [, n]) => sum + n, 0);
    let to = 0;
    return types.map(([type, n]) => {
      const from = to;
      to += n / total;
      return [type, from, to];
    });
  }

  /** The types' shares of a square's rim. */
  function rimOf(types, r) {
    const square = { class: "cm-share", x: 4 - r, y: 4 - r, width: 2 * r - 8, height: 2 * r - 8, rx: 4, pathLength: 1 };
    return shares(types).map(([type, from, to]) => {
      const dash = { "stroke-dasharray": `${to - from} ${1 - to + from}`, "stroke-dashoffset": -from };
      return part("rect", { ...square, ...dash }, { colours: { stroke: style(type).colour } });
    });
  }

  function squareOf({ shape, types }, r) {
    const isSeveral = shape === "areas";
    return [
      part("rect", { class: "cm-casing", x: -r, y: -r, width: 2 * r, height: 2 * r, rx: 6 }),
      part("rect", { class: "cm-disc", x: 2 - r, y: 2 - r, width: 2 * r - 4, height: 2 * r - 4, rx: 4.5 }),
      ...(isSeveral ? [part("rect", { class: "cm-core", x: 6 - r, y: 6 - r, width: 2 * r - 12, height: 2 * r - 12, rx: 3 }), ...rimOf(types, r)] : []),
      part("rect", { class: "cm-edge", x: -r, y: -r, width: 2 * r, height: 2 * r, rx: 6 }),
    ];
  }

  function discOf({ shape, types }, r) {
    const slices = shares(types).map(([type, from, to]) =>
      part("path", { class: "cm-slice", d: slice(from, to, r - 4, r) }, { colours: { fill: style(type).colour } }));
    const isPie = types.length > 1;
    return [
      part("circle", { class: "cm-casing", r: r + 1.5 }),
      ...(isPie ? slices : [part("circle", { class: "cm-disc", r })]),
      ...(shape === "cluster" ? [part("circle", { class: "cm-core", r: r - 4 })] : isPie ? [part("circle", { class: "cm-disc cm-core", r: r - 4.5 })] : []),
      ...(shape === "ring" ? [part("circle", { class: "cm-reach", r: r + 4.5 })] : []),
      part("circle", { class: "cm-edge", r: r + 1.5 }),
    ];
  }

  /** The element of a part: the one that showed another part before, changed where they differ, or a new one. */
  function painted(element, before, now) {
    if (before?.name !== now.name || before.attributes.class !== now.attributes.class) {
      const made = svg(now.name, {});
      element?.replaceWith(made);
      element = made;
      before = part(now.name, {});
    }
    for (const [name, value] of Object.entries(now.attributes)) {
      if (before.attributes[name] !== value) element.setAttribute(name, value);
    }
    for (const [name, colour] of Object.entries(now.colours)) {
      if (before.colours[name] !== colour) element.style[name] = colour;
    }
    if (before.text !== now.text) element.textContent = now.text;
    now.parts.forEach((one, n) => {
      const child = element.children[n];
      const drawn = painted(child, child && before.parts[n], one);
      if (!child) element.appendChild(drawn);
    });
    while (element.children.length > now.parts.length) element.lastChild.remove();
    return element;
  }

  function style(type) {
    return state.styles.get(type);
  }

  function setColours(element, look) {
    element.style.setProperty("--colour", look.colour);
    element.style.setProperty("--ink", look.ink);
    element.style.setProperty("--line-on-paper", look.line); // the style sheet lightens it in the dark theme
  }

  function symbolOf({ properties, count, r }) {
    const { types, shape } = properties;
    const body = shape === "area" || shape === "areas" ? squareOf(properties, r) : discOf(properties, r);
    const parts = [part("circle", { class: "cm-halo", r: r + 7 }), ...body];
    if (isOfCell(shape)) parts.push(part("text", { class: "cm-count", y: "0.35em" }, { text: brief(count) }));
    else {
      parts.push(part("text", { class: "cm-letter", y: "0.35em" }, { text: style(types[0][0]).letter }));
      if (count > 1) parts.push(badgeOf(brief(count), r));
    }
    return part("g", { class: "cm-symbol" }, { parts });
  }

  function badgeOf(text, r) {
    const width = 8 + 6 * text.length;
    const parts = [part("rect", { x: -width / 2, y: -7, width, height: 14, rx: 7 }), part("text", { y: "0.36em" }, { text })];
    return part("g", { class: "cm-badge", transform: `translate(${r * 0.8} ${-r * 0.85})` }, { parts });
  }

  /** What Python says of a mark in a row, taken apart; `maps._row` puts it together. */
  function propertiesOf([key, , , flags, types, label = "", radius = 0, outline = null]) {
    const [, place, manner, shape] = key.match(/^(.*)\.([a-z]+)\.([a-z]+)$/);
    return {
      key, place, manner, shape, label, outline,
      types: Array.from({ length: types.length / 2 }, (_, n) => [state.options.types[types[2 * n]][0], types[2 * n + 1]]),
      radius_km: radius || undefined,
      faded: Boolean(flags & 1),
      pending: Boolean(flags & 2),
    };
  }

  /** A mark with everything that belongs to it; its marker carries the key as a GeoJSON feature, for the click. */
  function makeItem(row) {
    const item = { key: row[0], lat: row[1], lng: row[2], paths: [] };
    item.element = buildElement(item, propertiesOf(row));
    say(item, row);
    item.height = 17;
    item.marker = L.marker([item.lat, item.lng], {
      icon: L.divIcon({ className: "cm-mark", html: item.element, iconSize: [0, 0] }),
      riseOnHover: true,
      keyboard: true,
    });
    item.marker.feature = { type: "Feature", properties: { key: item.key } };
    item.marker.on("add", () => listen(item));
    return item;
  }

  /** The parts of a mark that stay while it is there. */
  function buildElement(item, { manner, shape }) {
    const element = document.createElement("div");
    element.className = `cm-body cm-${manner} cm-${shape}`;
    const drawing = svg("svg", { class: "cm-drawing", width: 1, height: 1, "aria-hidden": "true" }, element);
    item.leader = svg("path", { class: "cm-leader" }, drawing);
    item.symbol = svg("g", {}, drawing);
    item.label = document.createElement("span");
    item.label.className = "cm-label";
    item.label.dir = "auto";
    element.appendChild(item.label);
    return element;
  }

  /** Let a mark show what a row says: of how many events, of which types, how sure. */
  function say(item, row) {
    const properties = propertiesOf(row);
    Object.assign(item, { row: JSON.stringify(row), place: properties.place, properties });
    item.count = properties.types.reduce((sum, [, n]) => sum + n, 0);
    item.radiusKm = properties.radius_km || state.options.default_area_radius_km;
    item.text = decoded(properties.label) || `${grouped(item.count)} events`;
    const r = radiusOf(properties, item.count);
    const sketch = symbolOf({ properties, count: item.count, r });
    item.symbol = painted(item.symbol, item.sketch, sketch);
    item.sketch = sketch;
    item.r = r + (properties.shape === "ring" ? 4 : 1);
    sayLabel(item, isOfCell(properties.shape) ? "" : shortened(item.text));
    showState(item.element, properties);
  }

  function sayLabel(item, label) {
    if (item.width !== undefined && item.label.textContent === label) return;
    item.label.textContent = label;
    item.width = label ? Math.ceil(conflictmapBase.textWidth(label, LABEL_FONT)) + 6 : 0;
  }

  /** Colour, and whether it is faded or pending, of a mark's body or of a line around its place. */
  function showState(element, { types, faded, pending }) {
    element.classList.toggle("cm-faded", faded);
    element.classList.toggle("cm-pending", pending);
    const look = style(types[0][0]);
    if (element.dataset.look === look.letter) return;
    element.dataset.look = look.letter;
    setColours(element, look);
  }

  /** Another count of the same events' place: everything else stays as it stands. */
  function change(item, row) {
    say(item, row);
    for (const path of item.paths) if (path.getElement()) showState(path.getElement(), item.properties);
    item.marker.getElement()?.setAttribute("aria-label", [item.text, ...description(item)].join(". "));
  }

  /** Whether a row says of a mark that is there nothing else than another count. */
  function isOnlyCounted(item, row) {
    const before = JSON.parse(item.row);
    return [0, 1, 2, 5, 6, 7].every((n) => before[n] === row[n]);
  }

  /** Keyboard, tooltip and name for screen readers, on the element that Leaflet made for the marker. */
  function listen(item) {
    const icon = item.marker.getElement();
    icon.dataset.key = item.key;
    icon.setAttribute("aria-label", [item.text, ...description(item)].join(". "));
    icon.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      item.marker.fire("click", { latlng: item.marker.getLatLng() }, true);
    });
    for (const name of ["mouseenter", "focus"]) icon.addEventListener(name, () => showTip(item));
    for (const name of ["mouseleave", "blur"]) icon.addEventListener(name, hideTip);
    item.marker.on("click", () => select(item.key));
  }

  function select(key) {
    for (const item of state.items) {
      const chosen = item.key === key;
      item.element.classList.toggle("cm-selected", chosen);
      item.marker.setZIndexOffset(chosen ? 5000 : item.rank);
      for (const path of item.paths) path.getElement()?.classList.toggle("cm-selected", chosen);
    }
  }

  // ---- tooltip ------------------------------------------------------------------------------------------------

  function showTip(item, at) {
    const tip = state.tip;
    tip.replaceChildren();
    [item.text, ...description(item)].forEach((line, n) => {
      const row = L.DomUtil.create("div", n === 0 ? "cm-tip-name" : "", tip);
      row.dir = "auto";
      row.textContent = line;
    });
    tip.hidden = false;
    const size = state.map.getSize();
    const point = at || state.map.latLngToContainerPoint(item.marker.getLatLng()).add([item.dx || 0, item.dy || 0]);
    const above = point.y - item.r - 8 - tip.offsetHeight > 0;
    const left = Math.max(6, Math.min(size.x - tip.offsetWidth - 6, point.x - tip.offsetWidth / 2));
    const top = above ? point.y - item.r - 8 - tip.offsetHeight : point.y + item.r + 10;
    tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  function hideTip() {
    state.tip.hidden = true;
  }

  // ---- rings and outlines -------------------------------------------------------------------------------------

  function addPath(item, path) {
    item.paths.push(path);
    path.on("click", (event) => item.marker.fire("click", { latlng: event.latlng }, true));
    path.on("mousemove", (event) => showTip(item, event.containerPoint));
    path.on("mouseout", hideTip);
    path.addTo(state.shapes);
    const element = path.getElement();
    if (!element) return;
    element.classList.add("cm-path", `cm-${item.properties.manner}`);
    element.classList.toggle("cm-selected", item.element.classList.contains("cm-selected"));
    showState(element, item.properties);
  }

  const pathOptions = (className) => ({ renderer: state.renderer, className, bubblingMouseEvents: false });

  function addRing(item, className) {
    addPath(item, L.circle(item.marker.getLatLng(), { radius: item.radiusKm * 1000, ...pathOptions(className) }));
  }

  /** The outlines of one file, by place_id; fetched once in the life of the frame. */
  function outlines(file) {
    if (!state.outlines.has(file)) {
      const byPlace = (found) => new Map(found.features.map((f) => [f.id, f.geometry]));
      const url = `${state.options.static}map/${file}`;
      state.outlines.set(file, conflictmapBase.fetched(url).then(byPlace, () => new Map()));
    }
    return state.outlines.get(file);
  }

  async function addArea(item) {
    const file = item.properties.outline;
    const geometry = file && (await outlines(file)).get(item.place);
    if (item.gone) return; // another view has come meanwhile
    item.geometry = geometry || null;
    item.outlined = Boolean(geometry);
    if (geometry) addOutline(item);
    else addRing(item, "cm-outline");
    item.marker.getElement()?.setAttribute("aria-label", [item.text, ...description(item)].join(". "));
  }

  function addOutline(item) {
    const shift = item.marker.getLatLng().lng - item.lng;
    const path = L.GeoJSON.geometryToLayer({ type: "Feature", geometry: item.geometry }, {
      coordsToLatLng: ([lng, lat]) => L.latLng(lat, lng + shift),
      smoothFactor: 0.7,
      ...pathOptions(item.geometry.type.endsWith("LineString") ? "cm-outline cm-line" : "cm-outline"),
    });
    addPath(item, path);
  }

  function drawShapes(item) {
    if (item.properties.shape === "ring" && item.properties.radius_km) addRing(item, "cm-ring");
    if (item.properties.shape === "area") addArea(item);
  }

  // ---- arranging ----------------------------------------------------------------------------------------------

  const MANNERS = ["act", "named", "background"];
  const SHAPES = ["dot", "ring", "cluster", "area", "areas"]; // an area's badge may stand anywhere in it, so it gives way

  /** The order in which marks may keep their spot and their label. */
  function importance(a, b) {
    const p = a.properties;
    const q = b.properties;
    return (b.key === state.selected) - (a.key === state.selected) ||
      SHAPES.indexOf(p.shape) - SHAPES.indexOf(q.shape) || MANNERS.indexOf(p.manner) - MANNERS.indexOf(q.manner) || Boolean(p.faded) - Boolean(q.faded) ||
      (isOfCell(p.shape) ? 0 : b.count - a.count) || (a.key < b.key ? -1 : 1); // a cluster keeps its turn while it is counted anew
  }

  /** Set symbols and labels anew: symbols move apart, labels find room, the names of the base map what is left. */
  function arrange() {
    const { map, items } = state;
    const zoom = map.getZoom();
    let occupied;
    if (state.arrangedAt === zoom) occupied = conflictmapLayout.occupiedBy(items); // only moved: symbols stay
    else {
      for (const item of items) Object.assign(item, map.project(item.marker.getLatLng()));
      occupied = conflictmapLayout.nudge(items, isNarrow() ? 0.85 : 1);
      state.arrangedAt = zoom;
    }
    for (const box of controlBoxes()) occupied.add(box);
    conflictmapLayout.label(occupied, items, viewBox());
    items.forEach(moveParts);
    state.base.name(occupied);
  }

  /** What is in view, in absolute pixels of this zoom level. */
  function viewBox() {
    const { min, max } = state.map.getPixelBounds();
    return [min.x, min.y, max.x, max.y];
  }

  /** Where buttons, scale and credits lie over the map, in the same pixels. */
  function controlBoxes() {
    state.controls ??= measuredControls();
    const { min } = state.map.getPixelBounds();
    return state.controls.map(([left, top, right, bottom]) => [left + min.x, top + min.y, right + min.x, bottom + min.y]);
  }

  /** The same from the map's corner. Asking for it lays out the page anew, so it is kept until the map has moved. */
  function measuredControls() {
    const map = state.map.getContainer().getBoundingClientRect();
    return [...state.map.getContainer().querySelectorAll(".leaflet-control")].map((control) => {
      const { left, top, right, bottom } = control.getBoundingClientRect();
      return [left - map.left, top - map.top, right - map.left, bottom - map.top];
    });
  }

  function moveParts(item) {
    const { dx, dy, spot, scale } = item;
    const arrangement = `${dx} ${dy} ${scale} ${spot}`;
    if (item.arrangement === arrangement) return;
    item.arrangement = arrangement;
    item.symbol.setAttribute("transform", `translate(${dx} ${dy}) scale(${scale})`);
    item.element.classList.toggle("cm-tiny", scale < 0.5);
    // An area has no true point: only from afar a line has to say where it belongs.
    const { shape } = item.properties; // nor has a cluster
    const led = !isOfCell(shape) && Math.hypot(dx, dy) > (shape === "area" ? 2.5 * item.r : 0);
    item.leader.setAttribute("d", led ? `M0 0L${dx} ${dy}M-2.5 0a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0 -5 0` : "");
    item.label.hidden = !spot;
    if (spot) item.label.style.transform = `translate(${Math.round(spot[0] + dx)}px, ${Math.round(spot[1] + dy)}px)`;
  }

  /** Bring every mark to the copy of the world that is in view, so that the date line is no edge. */
  function bringNear() {
    const centre = state.map.getCenter().lng;
    for (const item of state.items) {
      const lng = item.lng + 360 * Math.round((centre - item.lng) / 360);
      if (lng === item.marker.getLatLng().lng) continue;
      state.arrangedAt = null;
      item.marker.setLatLng([item.lat, lng]);
      for (const path of item.paths.splice(0)) state.shapes.removeLayer(path);
      if (item.geometry) addOutline(item);
      else if (item.outlined === false) addRing(item, "cm-outline");
      else if (item.properties.shape === "ring") drawShapes(item);
    }
  }

  function isNarrow() {
    return state.map.getSize().x < 560;
  }

  /** At the least zoom of other screens the world is wider than a narrow one. */
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

  // ---- the two entries ----------------------------------------------------------------------------------------

  const FitButton = L.Control.extend({
    options: { position: "topleft" },
    onAdd() {
      const bar = L.DomUtil.create("div", "leaflet-bar cm-fit");
      const button = L.DomUtil.create("button", "", bar);
      button.type = "button";
      button.title = "Show all events";
      button.setAttribute("aria-label", "Show all events");
      const icon = svg("svg", { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" }, button);
      svg("path", { d: "M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4" }, icon);
      L.DomEvent.disableClickPropagation(bar);
      L.DomEvent.on(button, "click", fit);
      return bar;
    },
  });

  /** Called once, by the script of the base map. */
  function start(map, options) {
    const styles = options.types.map(([name, letter, colour, ink, line]) => [name, { letter, colour, ink, line }]);
    Object.assign(state, { map, options, styles: new Map(styles) });
    map.getContainer().classList.add("cm-map");
    // The style sheet says so too, but it may come when the marks stand already, and the map would jump under them.
    map.getContainer().style.setProperty("height", "100vh", "important");
    map.invalidateSize({ pan: false });
    setLeastZoom();
    map.attributionControl.setPrefix(false).addAttribution(options.attribution);
    L.control.scale({ imperial: false, maxWidth: 110 }).addTo(map);
    new FitButton().addTo(map);
    map.createPane("cm-shapes").style.zIndex = 350;
    state.renderer = L.svg({ pane: "cm-shapes", padding: 0.4 }); // one for all updates: each renderer kept costs
    state.shapes = L.layerGroup().addTo(map);
    state.marks = L.featureGroup().addTo(map);
    state.base = new conflictmapBase.Base(map, options);
    state.tip = L.DomUtil.create("div", "cm-tip", map.getContainer());
    state.tip.hidden = true;
    map.on("movestart", () => {
      hideTip();
      if (!state.fitting) state.touched = true;
    });
    map.on("moveend", () => {
      state.controls = null; // the scale has another length
      bringNear();
      arrange();
      report();
    });
    // Until the style sheet has come the buttons and the scale stand elsewhere.
    for (const sheet of document.querySelectorAll("link[rel=stylesheet]")) {
      sheet.addEventListener("load", () => {
        state.controls = null;
        arrange();
      });
    }
    new ResizeObserver(resized).observe(map.getContainer());
    // With null, as Python has it before the first click, the component has nothing to report at the start and
    // the page is not run a second time.
    if (window.__GLOBAL_DATA__) window.__GLOBAL_DATA__.last_object_clicked_count = null;
  }

  function resized() {
    state.controls = null;
    state.map.invalidateSize({ pan: false });
    setLeastZoom();
    if (state.fit && (!state.fitted || !state.touched)) fit();
  }

  /**
   * What the page may want to know of the view. streamlit-folium reports it in the field of its search box, which this
   * map has not, a quarter of a second after the map came to rest, and only if it has changed. A map that shows all
   * marks and was never moved by hand has nothing to say.
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

  /** Called for every view: {marks, selected, fit: [west, south, east, north], at: [lat, lng, zoom], go, clustered, dark}. */
  function show(view) {
    window.feature_group = []; // the component would keep, and remove again, every group it ever showed
    hideTip();
    Object.assign(state, { fit: view.fit, selected: view.selected, clustered: view.clustered });
    state.map.getContainer().classList.toggle("cm-dark", view.dark);
    state.base.setDark(view.dark);
    update(view.marks);
    bringNear();
    select(view.selected);
    place(view);
    arrange();
  }

  /** Make the marks on the map those of the rows. What has not changed stays as it is: most of it, at most steps. */
  function update(rows) {
    const focused = document.activeElement?.dataset?.key;
    const kept = new Map();
    const fresh = [];
    let isChanged = false;
    for (const row of rows) {
      const there = state.byKey.get(row[0]);
      if (!there || !isOnlyCounted(there, row)) fresh.push(row);
      else {
        kept.set(row[0], there);
        if (there.row === JSON.stringify(row)) continue;
        change(there, row);
        isChanged = true;
      }
    }
    for (const item of state.items) if (kept.get(item.key) !== item) remove(item);
    for (const row of fresh) {
      const item = makeItem(row);
      kept.set(item.key, item);
      state.marks.addLayer(item.marker);
      drawShapes(item);
    }
    state.byKey = kept;
    state.items = [...kept.values()].sort(importance);
    state.items.forEach((item, n) => (item.rank = 1000 - n));
    if (fresh.length || isChanged || state.count !== rows.length) state.arrangedAt = null;
    state.count = rows.length;
    const again = focused && kept.get(focused)?.marker.getElement();
    if (again && again !== document.activeElement) again.focus({ preventScroll: true });
  }

  function remove(item) {
    state.marks.removeLayer(item.marker);
    for (const path of item.paths.splice(0)) state.shapes.removeLayer(path);
    item.gone = true;
  }

  /** Where the map is to be: where a link says, at first and whenever the page sends it there; else on all events. */
  function place({ at, go }) {
    const isSent = go !== state.sent;
    state.sent = go;
    if (at && (isSent || !state.fitted)) {
      state.map.setView([at[0], at[1]], at[2], { animate: false });
      Object.assign(state, { fitted: true, touched: true });
    } else if (!state.fitted || isSent) fit();
  }

  return { start, show };
})();
