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
  const HALF_WIDTH = { act: 13, named: 13, background: 12 }; // px
  const HALF_WIDTH_OF_KINDS = [0, 0, 20, 21, 26, 28, 28]; // of signs with a segment for each of so many kinds
  const MANNERS = ["act", "named", "background"];
  const NAMES_TOLD = 3; // of the places of a cluster
  const state = {
    marks: new Map(), items: [], byKey: new Map(), chosen: null, fit: null, fitted: false, touched: false, fitting: false, sent: 0,
    outlines: new Map(),
  };

  // ---- text ---------------------------------------------------------------------------------------------------

  /** The text that Python's maptext encoded. */
  function decoded(label) {
    return label.replace(/&#([0-9]{1,7});/g, (_, code) => String.fromCodePoint(Number(code)));
  }

  const NUMBERS = new Intl.NumberFormat("en"); // kept: toLocaleString makes one for every number
  const grouped = (n) => NUMBERS.format(n);

  /** A count that fits into a symbol: 9,999 (`most`) as it is, then 12k, 3.4M. The tooltip and the list have it exactly. */
  function brief(n, most = 9_999) {
    if (n <= most) return grouped(n);
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
    if (shape === "area") {
      const { outlined, radiusKm } = item.marks[0];
      lines.push(outlined === false ? `Somewhere in an area whose outline is not known; the ring of ${radiusKm} km stands for it` : "Somewhere in this area");
    }
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

  /** Half the width of a sign of some marks of so many kinds; of a cluster it grows with the count, tenfold by 2 pixels. */
  function halfWidth(marks, kinds) {
    if (kinds > 1) return HALF_WIDTH_OF_KINDS[kinds];
    const { manner, shape } = marks[0].properties;
    if (marks.length === 1 && !isOfCell(shape)) return HALF_WIDTH[manner];
    return 13 + Math.min(6, 2 * Math.log10(marks.reduce((sum, { count }) => sum + count, 0)));
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
      ...(shape === "ring" ? [part("circle", { class: "cm-reach", r: r + 4.7 })] : []),
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

  const RIM = 1.5; // from a disc to the line around it

  function symbolOf({ properties, count, r: half, segment }) {
    if (segment) return segmentOf(properties, count, half, segment);
    const { types, shape } = properties;
    const isSquare = shape === "area" || shape === "areas";
    const r = half - (isSquare ? 0 : RIM);
    const body = isSquare ? squareOf(properties, r) : discOf(properties, r);
    const parts = [part("circle", { class: "cm-halo", r: r + 7 }), ...body];
    if (isOfCell(shape)) parts.push(part("text", { class: "cm-count", y: "0.35em" }, { text: brief(count) }));
    else {
      parts.push(part("text", { class: "cm-letter", y: "0.35em" }, { text: style(types[0][0]).letter }));
      if (count > 1) parts.push(badgeOf(brief(count), r));
    }
    return part("g", { class: "cm-symbol" }, { parts });
  }

  /** One of the parts into which a disc is cut for events of several kinds at one point; each has its own number. */
  function segmentOf({ types }, count, half, [n, of]) {
    const [from, to] = [(n - 0.5) / of, (n + 0.5) / of];
    const wedge = (r) => slice(from, to, 0, r);
    const rims = shares(types).map(([type, first, last]) => {
      const d = slice(from + first / of, from + last / of, half - 6, half - 2);
      return part("path", { class: "cm-slice", d }, { colours: { fill: style(type).colour } });
    });
    const angle = (n / of - 0.25) * 2 * Math.PI;
    const far = half * (of === 2 ? 0.36 : of === 3 ? 0.42 : 0.5);
    const at = { x: (far * Math.cos(angle)).toFixed(1), y: (far * Math.sin(angle)).toFixed(1), dy: "0.35em" };
    const parts = [
      part("path", { class: "cm-halo", d: wedge(half + 4) }),
      part("path", { class: "cm-casing", d: wedge(half) }),
      ...rims,
      part("path", { class: "cm-core", d: wedge(half - 6) }),
      part("path", { class: "cm-edge", d: wedge(half) }),
      part("text", { class: "cm-count", ...at }, { text: brief(count, 999) }),
    ];
    return part("g", { class: "cm-symbol" }, { parts });
  }

  function badgeOf(text, r) {
    const width = 8 + 6 * text.length;
    const parts = [part("rect", { x: -width / 2, y: -7, width, height: 14, rx: 7 }), part("text", { y: "0.36em" }, { text })];
    return part("g", { class: "cm-badge", transform: `translate(${r * 0.8} ${-r * 0.85})` }, { parts });
  }

  /** What Python says of a mark in a row, taken apart; `maps.layers._row` puts it together, and for clusters `rowOf`. */
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

  const isArea = (shape) => shape === "area" || shape === "areas";

  /** What Python says of in a row: events of one kind at one place, or of one cell. A sign stands for one or several of them. */
  function makeMark(row) {
    const [key, lat, lng] = row;
    const properties = propertiesOf(row);
    const mark = { key, lat, lng, near: lng, place: properties.place, paths: [] };
    mark.cell = isOfCell(properties.shape) ? properties.place.split("-").map(Number) : null;
    mark.kind = `${properties.manner} ${isArea(properties.shape) ? "areas" : "points"}`;
    tell(mark, row);
    return mark;
  }

  function tell(mark, row) {
    const properties = propertiesOf(row);
    const count = properties.types.reduce((sum, [, n]) => sum + n, 0);
    Object.assign(mark, { row, written: JSON.stringify(row), properties, count });
    mark.radiusKm = properties.radius_km || state.options.default_area_radius_km;
    for (const path of mark.paths) if (path.getElement()) showState(path.getElement(), properties);
  }

  /** What is drawn of marks of one kind; its marker carries the key as a GeoJSON feature, for the click. */
  function makeItem({ row, marks, sign }) {
    const item = { key: row[0], lat: row[1], lng: row[2] };
    item.element = buildElement(item, propertiesOf(row));
    say(item, row, marks, sign);
    item.height = 17;
    item.marker = L.marker([item.lat, item.lng], {
      icon: L.divIcon({ className: "cm-mark", html: item.element, iconSize: [0, 0] }),
      riseOnHover: true,
      keyboard: true,
    });
    item.marker.feature = featureOf(item.key);
    item.marker.on("add", () => listen(item));
    return item;
  }

  const featureOf = (key) => ({ type: "Feature", properties: { key } });

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

  /** Let an item show what a row says: of how many events, of which types, how sure; and which part of which sign it is. */
  function say(item, row, marks, sign) {
    const properties = propertiesOf(row);
    const segment = row[8] || null;
    Object.assign(item, { row, written: JSON.stringify(row), place: properties.place, properties, marks, sign, segment, r: sign.r });
    item.count = properties.types.reduce((sum, [, n]) => sum + n, 0);
    item.text = decoded(properties.label) || `${grouped(item.count)} events`;
    const sketch = symbolOf(item);
    item.symbol = painted(item.symbol, item.sketch, sketch);
    item.sketch = sketch;
    item.element.classList.toggle("cm-segment", Boolean(segment));
    const isOfOnePlace = !isOfCell(properties.shape) && sign.members.length === 1;
    sayLabel(item, isOfOnePlace ? shortened(item.text) : "");
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

  /** Another count of the same marks, or another part of a sign: everything else stays as it stands. */
  function change(item, { row, marks, sign }) {
    say(item, row, marks, sign);
    sayName(item);
  }

  function sayName(item) {
    item.marker.getElement()?.setAttribute("aria-label", [item.text, ...description(item)].join(". "));
  }

  const STAYS = [0, 1, 2, 5, 6, 7]; // of a row: key, point, label, radius, outline

  /** Whether a row says nothing else than another count of what is there. */
  const isOnlyCounted = (before, row) => STAYS.every((n) => before[n] === row[n]);

  /** Keyboard, tooltip and name for screen readers, on the element that Leaflet made for the marker. */
  function listen(item) {
    const icon = item.marker.getElement();
    icon.dataset.key = item.key;
    sayName(item);
    icon.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      item.marker.fire("click", { latlng: item.marker.getLatLng() }, true);
    });
    for (const name of ["mouseenter", "focus"]) icon.addEventListener(name, () => showTip(item));
    for (const name of ["mouseleave", "blur"]) icon.addEventListener(name, hideTip);
    item.marker.on("click", () => select(item.key));
  }

  /** Ring what a key stands for: its sign, or those that its members have now. */
  function select(key) {
    state.selected = key;
    state.chosen = key ? chosenBy(key) : null;
    for (const mark of state.marks.values())
      for (const path of mark.paths) path.getElement()?.classList.toggle("cm-selected", isChosen(mark));
    state.items.forEach(showChoice);
  }

  function showChoice(item) {
    const isOn = item.key === state.selected || item.marks.some(isChosen);
    item.element.classList.toggle("cm-selected", isOn);
    item.marker.setZIndexOffset(isOn ? 5000 : item.rank);
  }

  /** A key taken apart, as `marks.Key` does: the places and cells whose events it names. */
  function chosenBy(key) {
    const [, members, manner, shape] = key.match(/^(.*)\.([a-z]+)\.([a-z]+)$/);
    if (!isOfCell(shape)) return { key };
    const [cells, ...places] = members.split("~");
    return {
      kind: `${manner} ${isArea(shape) ? "areas" : "points"}`, places: new Set(places),
      cells: cells ? cells.split("_").map((cell) => cell.split("-").map(Number)) : [],
    };
  }

  function isChosen(mark) {
    const { chosen } = state;
    if (!chosen || chosen.key) return chosen?.key === mark.key;
    if (chosen.kind !== mark.kind) return false;
    if (!mark.cell && chosen.places.has(mark.place)) return true;
    return chosen.cells.some(([level, column, row]) => {
      const { x, y } = state.map.project([mark.lat, mark.lng], level - 8); // 2 ** level pixels are the world: a cell is one
      return (mark.cell?.[0] ?? 99) >= level && Math.floor(x) === column && Math.floor(y) === row;
    });
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
    const point = at || state.map.latLngToContainerPoint(item.marker.getLatLng()).add([item.sign.dx, item.sign.dy]);
    const above = point.y - item.r - 8 - tip.offsetHeight > 0;
    const left = Math.max(6, Math.min(size.x - tip.offsetWidth - 6, point.x - tip.offsetWidth / 2));
    const top = above ? point.y - item.r - 8 - tip.offsetHeight : point.y + item.r + 10;
    tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  function hideTip() {
    state.tip.hidden = true;
  }

  // ---- rings and outlines -------------------------------------------------------------------------------------

  function addPath(mark, path) {
    mark.paths.push(path);
    path.on("click", (event) => {
      select(mark.key);
      mark.voice.fire("click", { latlng: event.latlng }, true);
    });
    path.on("mousemove", (event) => showTip(asItem(mark), event.containerPoint));
    path.on("mouseout", hideTip);
    path.addTo(state.shapes);
    const element = path.getElement();
    if (!element) return;
    element.classList.add("cm-path", `cm-${mark.properties.manner}`);
    element.classList.toggle("cm-selected", isChosen(mark));
    showState(element, mark.properties);
  }

  /** A mark as the tooltip takes it, whatever sign it has. */
  function asItem(mark) {
    const text = decoded(mark.properties.label) || `${grouped(mark.count)} events`;
    return { text, properties: mark.properties, count: mark.count, marks: [mark], r: 0 };
  }

  /** What reports a click on an outline, whose mark may share its sign with others. */
  function voiceOf(mark) {
    const voice = L.marker([mark.lat, mark.lng]);
    voice.feature = featureOf(mark.key);
    voice.addEventParent(state.groups);
    return voice;
  }

  const pathOptions = (className) => ({ renderer: state.renderer, className, bubblingMouseEvents: false });

  function addRing(mark, className) {
    addPath(mark, L.circle([mark.lat, mark.near], { radius: mark.radiusKm * 1000, ...pathOptions(className) }));
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

  async function addArea(mark) {
    const file = mark.properties.outline;
    const geometry = file && (await outlines(file)).get(mark.place);
    if (mark.gone) return; // another view has come meanwhile
    mark.geometry = geometry || null;
    mark.outlined = Boolean(geometry);
    if (geometry) addOutline(mark);
    else addRing(mark, "cm-outline");
    for (const item of state.items) if (item.marks[0] === mark) sayName(item);
  }

  function addOutline(mark) {
    const shift = mark.near - mark.lng;
    const path = L.GeoJSON.geometryToLayer({ type: "Feature", geometry: mark.geometry }, {
      coordsToLatLng: ([lng, lat]) => L.latLng(lat, lng + shift),
      smoothFactor: 0.7,
      ...pathOptions(mark.geometry.type.endsWith("LineString") ? "cm-outline cm-line" : "cm-outline"),
    });
    addPath(mark, path);
  }

  /** Where a mark's events may be, which is drawn at its own place, whatever sign it has. */
  function drawShapes(mark) {
    const { shape, radius_km: radius } = mark.properties;
    if (shape !== "area" && !(shape === "ring" && radius)) return;
    mark.voice = voiceOf(mark);
    if (shape === "ring") addRing(mark, "cm-ring");
    else addArea(mark);
  }

  // ---- arranging ----------------------------------------------------------------------------------------------

  const SHAPES = ["dot", "ring", "cluster", "area", "areas"]; // an area's badge may stand anywhere in it, so it gives way

  function standing({ properties: p }, { properties: q }) {
    return SHAPES.indexOf(p.shape) - SHAPES.indexOf(q.shape) || MANNERS.indexOf(p.manner) - MANNERS.indexOf(q.manner);
  }

  /** The order in which items lie over each other and get their label. */
  function importance(a, b) {
    return (b.key === state.selected) - (a.key === state.selected) || standing(a, b) ||
      Boolean(a.properties.faded) - Boolean(b.properties.faded) ||
      (isOfCell(a.properties.shape) ? 0 : b.count - a.count) || (a.key < b.key ? -1 : 1); // a cluster keeps its turn while it is counted anew
  }

  /** Set signs and labels anew: signs come of the marks, labels find room, the names of the base map what is left. */
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
    state.items.forEach(moveParts);
    state.base.name(occupied);
  }

  /** The signs of this zoom. Their order, and so what gives way to what, does not follow counts: the slider moves nothing. */
  function arrangedSigns(zoom) {
    const marks = [...state.marks.values()].sort((a, b) => standing(a, b) || (a.key < b.key ? -1 : 1));
    const world = 256 * 2 ** zoom;
    const points = marks.map((mark, order) => {
      const { x, y } = state.map.project([mark.lat, mark.near]).round();
      const cell = mark.cell && cellBox(mark.cell, world, Math.round((mark.near - mark.lng) / 360));
      return { mark, x, y, cell, order, place: mark.place, kind: mark.kind, count: mark.count, properties: mark.properties };
    });
    return conflictmapLayout.signs(points, halfWidth);
  }

  /** The pixels of a cell in one copy of the world. */
  function cellBox([level, column, row], world, copy) {
    const size = world / 2 ** level;
    const [left, top] = [column * size + copy * world, row * size];
    return [left, top, left + size, top + size];
  }

  const KINDS = MANNERS.flatMap((manner) => [`${manner} points`, `${manner} areas`]);

  /** What is to be drawn of a sign: for each kind of event its own row, in the form in which Python says marks. */
  function partsOf(sign) {
    const kinds = KINDS.filter((kind) => sign.kinds.has(kind));
    const isAlone = sign.marks.length === 1;
    const { lat, lng } = isAlone ? {} : state.map.unproject([sign.x, sign.y]);
    return kinds.map((kind, n) => {
      const marks = sign.marks.filter((point) => point.kind === kind).map(({ mark }) => mark);
      const row = [...(marks.length === 1 ? marks[0].row : rowOf(marks))];
      [row[1], row[2]] = isAlone ? [marks[0].lat, marks[0].near] : [Number(lat.toFixed(6)), Number(lng.toFixed(6))];
      if (kinds.length > 1) row[8] = [n, kinds.length];
      return { row, marks, sign };
    });
  }

  /** The row of a cluster that is made here, of marks of one kind. Its key names them; see `marks.KEY_PATTERN`. */
  function rowOf(marks) {
    const { manner, shape } = marks[0].properties;
    const cells = marks.filter(({ cell }) => cell).map(({ place }) => place).sort();
    const places = [...new Map(marks.filter(({ cell }) => !cell).map((mark) => [mark.place, mark.properties.label]))].sort();
    const types = new Map();
    for (const { row } of marks)
      for (let n = 0; n < row[4].length; n += 2) types.set(row[4][n], (types.get(row[4][n]) || 0) + row[4][n + 1]);
    const key = `${cells.join("_")}${places.map(([place]) => `~${place}`).join("")}.${manner}.${isArea(shape) ? "areas" : "cluster"}`;
    const flags = Number(marks.every((mark) => mark.properties.faded)) + 2 * Number(marks.some((mark) => mark.properties.pending));
    return [key, 0, 0, flags, [...types].sort((a, b) => b[1] - a[1]).flat(), cells.length ? "" : named(places.map(([, label]) => label))];
  }

  function named(labels) {
    const more = labels.length - NAMES_TOLD;
    return labels.slice(0, NAMES_TOLD).join(", ") + (more > 0 ? ` and ${more} more` : "");
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
    const { sign: { dx, dy }, spot } = item;
    const lines = linesOf(item);
    const arrangement = `${dx} ${dy} ${spot} ${lines}`;
    if (item.arrangement === arrangement) return;
    item.arrangement = arrangement;
    item.symbol.setAttribute("transform", `translate(${dx} ${dy})`);
    item.leader.setAttribute("d", lines);
    item.label.hidden = !spot;
    if (spot) item.label.style.transform = `translate(${Math.round(spot[0] + dx)}px, ${Math.round(spot[1] + dy)}px)`;
  }

  /** Lines from a sign to those of its places that lie far from it, and to a name that strayed. */
  function linesOf({ sign, spot, segment }) {
    const { x, y, dx, dy, r } = sign;
    const toName = spot?.length === 4 ? lineTo(dx, dy, r, dx + spot[2], dy + spot[3]) : "";
    if (segment?.[0]) return toName; // of a sign of several kinds the first draws them
    const toPlaces = sign.far.map(([px, py]) => `${lineTo(dx, dy, r, px - x, py - y)}m-2.5 0a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0 -5 0`);
    return toPlaces.join("") + toName;
  }

  /** A line from the edge of a disc to a point. */
  function lineTo(dx, dy, r, right, down) {
    const share = (r + 1) / Math.hypot(right - dx, down - dy);
    const [x, y] = [dx + (right - dx) * share, dy + (down - dy) * share];
    return `M${x.toFixed(1)} ${y.toFixed(1)}L${right.toFixed(1)} ${down.toFixed(1)}`;
  }

  /** Bring every mark to the copy of the world that is in view, so that the date line is no edge. */
  function bringNear() {
    const centre = state.map.getCenter().lng;
    for (const mark of state.marks.values()) {
      const near = mark.lng + 360 * Math.round((centre - mark.lng) / 360);
      if (near === mark.near) continue;
      state.arrangedAt = null;
      mark.near = near;
      for (const path of mark.paths.splice(0)) state.shapes.removeLayer(path);
      if (mark.geometry) addOutline(mark);
      else if (mark.outlined === false) addRing(mark, "cm-outline");
      else if (mark.properties.shape === "ring") drawShapes(mark);
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
    state.groups = L.featureGroup().addTo(map);
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
    Object.assign(state, { fit: view.fit, clustered: view.clustered });
    state.map.getContainer().classList.toggle("cm-dark", view.dark);
    state.base.setDark(view.dark);
    update(view.marks);
    bringNear();
    select(view.selected);
    place(view);
    arrange();
  }

  /** Make the marks those of the rows. What has not changed stays as it is: most of it, at most steps. */
  function update(rows) {
    const before = state.marks;
    state.marks = new Map();
    let isChanged = before.size !== rows.length;
    for (const row of rows) {
      const there = before.get(row[0]);
      const isKept = there && isOnlyCounted(there.row, row);
      const mark = isKept ? there : makeMark(row);
      isChanged ||= !isKept || there.written !== JSON.stringify(row);
      if (isKept) tell(mark, row);
      state.marks.set(mark.key, mark);
    }
    for (const mark of before.values()) if (state.marks.get(mark.key) !== mark) remove(mark);
    for (const mark of state.marks.values()) if (before.get(mark.key) !== mark) drawShapes(mark);
    if (isChanged) state.arrangedAt = null;
  }

  function remove(mark) {
    for (const path of mark.paths.splice(0)) state.shapes.removeLayer(path);
    mark.gone = true;
  }

  /** Make the items on the map those of the signs. */
  function draw(signs) {
    const focused = state.items.find((item) => item.marker.getElement() === document.activeElement);
    const kept = new Map();
    const fresh = [];
    for (const told of signs.flatMap(partsOf)) {
      const there = state.byKey.get(told.row[0]);
      if (!there || !isOnlyCounted(there.row, told.row)) fresh.push(told);
      else {
        kept.set(there.key, there);
        if (there.written === JSON.stringify(told.row) && there.r === told.sign.r) Object.assign(there, told);
        else change(there, told);
      }
    }
    for (const item of state.items) if (kept.get(item.key) !== item) state.groups.removeLayer(item.marker);
    for (const told of fresh) {
      const item = makeItem(told);
      kept.set(item.key, item);
      state.groups.addLayer(item.marker);
    }
    state.byKey = kept;
    state.items = [...kept.values()].sort(importance);
    state.items.forEach((item, n) => (item.rank = 1000 - n));
    state.items.forEach(showChoice);
    if (focused) keepFocus(focused);
  }

  /** Give the focus to what stands now where it was: the same item, or the nearest. */
  function keepFocus({ key, lat, lng }) {
    const away = (item) => (item.lat - lat) ** 2 + (item.lng - lng) ** 2;
    const next = state.byKey.get(key) || state.items.reduce((best, item) => (best && away(best) <= away(item) ? best : item), null);
    const icon = next?.marker.getElement();
    if (icon && icon !== document.activeElement) icon.focus({ preventScroll: true });
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
