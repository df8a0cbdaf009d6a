"use strict";
// The symbol of an item, as SVG: a disc, ring, square or segment with its letter or count, from the facts of its mark.

const conflictmapSymbols = (() => {
  const SVG = "http://www.w3.org/2000/svg";
  const RIM = 1.5; // px, from a disc to the line around it
  const HALF_WIDTH = { act: 13, named: 13, background: 12 }; // px
  const HALF_WIDTH_OF_KINDS = [0, 0, 20, 21, 26, 28, 28]; // of signs with several segments, by their number
  const { isOfCell } = conflictmapMarks;

  const NUMBERS = new Intl.NumberFormat("en"); // cached: toLocaleString makes one for every number
  const grouped = (n) => NUMBERS.format(n);

  /** A count that fits into a symbol: exact up to 9,999 (`most`), then 12k, 3.4M. Tooltip and list give the exact number. */
  function brief(n, most = 9_999) {
    if (n <= most) return grouped(n);
    const [size, letter] = n < 999_500 ? [1000, "k"] : [1_000_000, "M"];
    const scaled = n / size;
    return `${scaled < 9.95 ? scaled.toFixed(1).replace(/\.0$/, "") : Math.round(scaled)}${letter}`;
  }

  /** Half the width of a sign of these marks and number of kinds; for a cluster 2 pixels more for each tenfold count. */
  function halfWidth(marks, kinds) {
    if (kinds > 1) return HALF_WIDTH_OF_KINDS[kinds];
    const { manner, shape } = marks[0].mark.facts;
    if (marks.length === 1 && !isOfCell(shape)) return HALF_WIDTH[manner];
    return 13 + Math.min(6, 2 * Math.log10(marks.reduce((sum, { mark }) => sum + mark.facts.count, 0)));
  }

  // ---- the parts of a symbol --------------------------------------------------------------------------------------

  /** A part of a symbol, which `paint` creates or updates. */
  const part = (name, attributes, more = {}) => ({ name, attributes, text: "", colours: {}, parts: [], ...more });

  /** A slice of a ring between two shares (0 to 1) of the full turn, from noon on. */
  function slice(from, to, inner, outer) {
    const at = (share, r) => {
      const angle = (share - 0.25) * 2 * Math.PI;
      return `${(r * Math.cos(angle)).toFixed(2)} ${(r * Math.sin(angle)).toFixed(2)}`;
    };
    const wide = to - from > 0.5 ? 1 : 0;
    return `M${at(from, outer)}A${outer} ${outer} 0 ${wide} 1 ${at(to, outer)}L${at(to, inner)}A${inner} ${inner} 0 ${wide} 0 ${at(from, inner)}Z`;
  }

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
      return part("rect", { ...square, ...dash }, { colours: { stroke: type.colour } });
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
      part("path", { class: "cm-slice", d: slice(from, to, r - 4, r) }, { colours: { fill: type.colour } }));
    const isPie = types.length > 1;
    return [
      part("circle", { class: "cm-casing", r: r + 1.5 }),
      ...(isPie ? slices : [part("circle", { class: "cm-disc", r })]),
      ...(shape === "cluster" ? [part("circle", { class: "cm-core", r: r - 4 })] : isPie ? [part("circle", { class: "cm-disc cm-core", r: r - 4.5 })] : []),
      ...(shape === "ring" ? [part("circle", { class: "cm-reach", r: r + 4.7 })] : []),
      part("circle", { class: "cm-edge", r: r + 1.5 }),
    ];
  }

  /** The symbol of an item as parts; `paint` draws it. */
  function symbolOf({ facts, segment, r: half }) {
    if (segment) return segmentOf(facts, half, segment);
    const { types, shape, count } = facts;
    const isSquare = shape === "area" || shape === "areas";
    const r = half - (isSquare ? 0 : RIM);
    const body = isSquare ? squareOf(facts, r) : discOf(facts, r);
    const parts = [part("circle", { class: "cm-halo", r: r + 7 }), ...body];
    if (isOfCell(shape)) parts.push(part("text", { class: "cm-count", y: "0.35em" }, { text: brief(count) }));
    else {
      parts.push(part("text", { class: "cm-letter", y: "0.35em" }, { text: types[0][0].letter }));
      if (count > 1) parts.push(badgeOf(brief(count), r));
    }
    return part("g", { class: "cm-symbol" }, { parts });
  }

  /** One segment of a disc that is divided for events of several kinds at one point; each has its own number. */
  function segmentOf({ types, count }, half, [n, of]) {
    const [from, to] = [(n - 0.5) / of, (n + 0.5) / of];
    const wedge = (r) => slice(from, to, 0, r);
    const rims = shares(types).map(([type, first, last]) => {
      const d = slice(from + first / of, from + last / of, half - 6, half - 2);
      return part("path", { class: "cm-slice", d }, { colours: { fill: type.colour } });
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

  // ---- drawing ------------------------------------------------------------------------------------------------------

  function svg(name, attributes, parent) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (parent) parent.appendChild(element);
    return element;
  }

  /** The element of a part: the element of the previous part, updated where they differ, or a new one. */
  function paint(element, before, now) {
    if (before?.name !== now.name || before.attributes.class !== now.attributes.class) {
      const fresh = svg(now.name, {});
      element?.replaceWith(fresh);
      element = fresh;
      before = part(now.name, {});
    }
    for (const [name, value] of Object.entries(now.attributes)) {
      if (before.attributes[name] !== value) element.setAttribute(name, value);
    }
    for (const [name, colour] of Object.entries(now.colours)) {
      if (before.colours[name] !== colour) element.style[name] = colour;
    }
    if (before.text !== now.text) element.textContent = now.text;
    now.parts.forEach((inner, n) => {
      const child = element.children[n];
      const drawn = paint(child, child && before.parts[n], inner);
      if (!child) element.appendChild(drawn);
    });
    while (element.children.length > now.parts.length) element.lastChild.remove();
    return element;
  }

  /** Set colour and faded or pending state of the body of a mark, or of the line around its place. */
  function showState(element, { types, isFaded, isPending }) {
    element.classList.toggle("cm-faded", isFaded);
    element.classList.toggle("cm-pending", isPending);
    const [[type]] = types;
    if (element.dataset.look === type.letter) return;
    element.dataset.look = type.letter;
    element.style.setProperty("--colour", type.colour);
    element.style.setProperty("--ink", type.ink);
    element.style.setProperty("--line-on-paper", type.line); // the style sheet lightens it in the dark theme
  }

  return { grouped, halfWidth, symbolOf, svg, paint, showState };
})();
