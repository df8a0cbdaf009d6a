"use strict";
// Items: the drawn parts of a sign, one for each kind of event in it. An item is a Leaflet marker with its symbol, its
// label, lines to its places, and a tooltip. Labels become text nodes, never HTML, and are never in a Leaflet tooltip or
// popup: streamlit-folium reads those back through innerHTML.

const conflictmapItems = (() => {
  const { LABEL_FONT, decoded, shortened, textWidth } = conflictmapBase;
  const { isOfCell } = conflictmapMarks;
  const { grouped, paint, showState, svg, symbolOf } = conflictmapSymbols;
  const LABEL_HEIGHT = 17; // px
  const MANNER_WORDS = {
    act: "",
    named: "Only named: threatened, planned or denied. Nothing is said to have happened here.",
    background: "Background the article recalls",
  };

  const nameOf = ({ label, count }) => decoded(label) || `${grouped(count)} events`;

  /** The lines of the tooltip below the name; joined to it, what a screen reader says. `mark` is the first of its marks. */
  function description({ shape, manner, types, count, isPending, isFaded, radiusKm }, mark) {
    const each = types.map(([type, n]) => (types.length > 1 ? `${grouped(n)} ${type.name}` : type.name)).join(", ");
    const lines = [`${grouped(count)} ${count === 1 ? "event" : "events"}: ${each}`];
    if (shape === "cluster") lines.push("At several places near here; zoom in to see them apart");
    if (shape === "areas") lines.push("Somewhere in several areas near here; zoom in to see them apart");
    if (shape === "ring") lines.push(radiusKm ? `Somewhere within about ${radiusKm} km` : "Somewhere near");
    if (shape === "area")
      lines.push(mark.hasOutline === false ? `Somewhere in an area whose outline is not known; the ring of ${mark.drawnRadiusKm} km stands for it` : "Somewhere in this area");
    if (MANNER_WORDS[manner]) lines.push(MANNER_WORDS[manner]);
    if (isFaded) lines.push("May lie outside the chosen period");
    if (isPending) lines.push("Not all reviewed yet");
    return lines;
  }

  // ---- making and changing ------------------------------------------------------------------------------------------

  /** The item of a part of a sign; see `conflictmapMarks.partsOf`. `choose` is called with its key when it is clicked. */
  function makeItem(part, tip, choose) {
    const { key, lat, lng } = part.facts;
    const item = { key, lat, lng, height: LABEL_HEIGHT };
    item.element = buildElement(item, part.facts);
    setFacts(item, part);
    item.marker = L.marker([lat, lng], {
      icon: L.divIcon({ className: "cm-mark", html: item.element, iconSize: [0, 0] }),
      riseOnHover: true,
      keyboard: true,
    });
    item.marker.feature = featureOf(key);
    item.marker.on("add", () => listen(item, tip, choose));
    return item;
  }

  /** The key as a GeoJSON feature, which a click reports. */
  const featureOf = (key) => ({ type: "Feature", properties: { key } });

  /** The parts of an item that remain for its lifetime. */
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

  /** Show a part in an item: how many events of which types, how certain, and which segment of which sign it is. */
  function setFacts(item, { facts, marks, sign, segment }) {
    Object.assign(item, { facts, marks, sign, segment, place: facts.place, r: sign.r });
    const sketch = symbolOf(item);
    item.symbol = paint(item.symbol, item.sketch, sketch);
    item.sketch = sketch;
    item.element.classList.toggle("cm-segment", Boolean(segment));
    const isOfOnePlace = !isOfCell(facts.shape) && sign.members.length === 1;
    setLabel(item, isOfOnePlace ? shortened(nameOf(facts)) : "");
    showState(item.element, facts);
  }

  function setLabel(item, label) {
    if (item.width !== undefined && item.label.textContent === label) return;
    item.label.textContent = label;
    item.width = label ? Math.ceil(textWidth(label, LABEL_FONT)) + 6 : 0;
  }

  /** Whether an item can show another part: one that differs only in counts and segment. */
  const canShow = (item, { facts }) => conflictmapMarks.differInCountsOnly(item.facts, facts);

  /** Show a part in an item that `canShow` it. If it looks the same, it is not redrawn. */
  function update(item, part) {
    const { facts, sign, segment } = part;
    const looksTheSame = item.r === sign.r && conflictmapMarks.areEqual(item.facts, facts) && String(item.segment) === String(segment);
    if (looksTheSame) return Object.assign(item, part);
    setFacts(item, part);
    setAccessibleName(item);
    return item;
  }

  function setAccessibleName({ marker, facts, marks }) {
    marker.getElement()?.setAttribute("aria-label", [nameOf(facts), ...description(facts, marks[0])].join(". "));
  }

  /** Keyboard, tooltip and name for screen readers, on the element that Leaflet made for the marker. */
  function listen(item, tip, choose) {
    const icon = item.marker.getElement();
    icon.dataset.key = item.key;
    setAccessibleName(item);
    icon.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      item.marker.fire("click", { latlng: item.marker.getLatLng() }, true);
    });
    for (const name of ["mouseenter", "focus"]) icon.addEventListener(name, () => tip.showOf(item));
    for (const name of ["mouseleave", "blur"]) icon.addEventListener(name, () => tip.hide());
    item.marker.on("click", () => choose(item.key));
  }

  // ---- moving -------------------------------------------------------------------------------------------------------

  /** Move symbol, label and lines to their positions in the layout. */
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

  /** Lines from a sign to its distant places, and to its name if that is distant. */
  function linesOf({ sign, spot, segment }) {
    const { x, y, dx, dy, r } = sign;
    const toName = spot?.length === 4 ? lineTo(dx, dy, r, dx + spot[2], dy + spot[3]) : "";
    if (segment?.[0]) return toName; // in a sign of several kinds, the first one draws them
    const toPlaces = sign.far.map(([px, py]) => `${lineTo(dx, dy, r, px - x, py - y)}m-2.5 0a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0 -5 0`);
    return toPlaces.join("") + toName;
  }

  /** A line from the edge of a disc to a point. */
  function lineTo(dx, dy, r, right, down) {
    const share = (r + 1) / Math.hypot(right - dx, down - dy);
    const [x, y] = [dx + (right - dx) * share, dy + (down - dy) * share];
    return `M${x.toFixed(1)} ${y.toFixed(1)}L${right.toFixed(1)} ${down.toFixed(1)}`;
  }

  // ---- tooltip ------------------------------------------------------------------------------------------------------

  class Tip {
    constructor(map) {
      this.map = map;
      this.element = L.DomUtil.create("div", "cm-tip", map.getContainer());
      this.hide();
    }

    showOf({ marker, sign, facts, marks, r }) {
      const point = this.map.latLngToContainerPoint(marker.getLatLng()).add([sign.dx, sign.dy]);
      this.show(facts, marks[0], point, r);
    }

    /** Show facts next to a circle around a point of the map's container. */
    show(facts, mark, point, r) {
      this.element.replaceChildren();
      [nameOf(facts), ...description(facts, mark)].forEach((line, n) => {
        const row = L.DomUtil.create("div", n === 0 ? "cm-tip-name" : "", this.element);
        row.dir = "auto";
        row.textContent = line;
      });
      this.element.hidden = false;
      const { offsetWidth: width, offsetHeight: height } = this.element;
      const above = point.y - r - 8 - height;
      const left = Math.max(6, Math.min(this.map.getSize().x - width - 6, point.x - width / 2));
      const top = above > 0 ? above : point.y + r + 10;
      this.element.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
    }

    hide() {
      this.element.hidden = true;
    }
  }

  return { makeItem, canShow, update, setAccessibleName, featureOf, moveParts, Tip };
})();
