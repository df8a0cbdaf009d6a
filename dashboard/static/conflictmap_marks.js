"use strict";
// Marks as Python sends them, parsed into named facts, and the clusters formed of several. Pure: no DOM, no map.
// The facts of a mark describe the events it stands for: those of one manner at one place, or in one cell.

const conflictmapMarks = (() => {
  const MANNERS = ["act", "named", "background"];
  const KINDS = MANNERS.flatMap((manner) => [`${manner} points`, `${manner} areas`]);
  const SHAPES = ["dot", "ring", "cluster", "area", "areas"]; // the badge of an area may be anywhere in it, so it gives way
  const MOST_NAMES = 3; // of the places of a cluster
  const KEY = /^(.*)\.([a-z]+)\.([a-z]+)$/; // place or members, manner, shape; see `marks.KEY_PATTERN`

  const isOfCell = (shape) => shape === "cluster" || shape === "areas";
  const isArea = (shape) => shape === "area" || shape === "areas";
  const kindOf = ({ manner, shape }) => `${manner} ${isArea(shape) ? "areas" : "points"}`;
  const cellFrom = (text) => text.split("-").map(Number);
  const total = (types) => types.reduce((sum, [, n]) => sum + n, 0);

  /**
   * The facts in a row as `maps.layers._mark_row` writes it. `types` holds pairs of a type and its count; the types
   * themselves are those of the map's options, in their order there.
   */
  function factsOf([key, lat, lng, flags, counts, label = "", radiusKm = 0, outline = null], allTypes) {
    const [, place, manner, shape] = key.match(KEY);
    const types = Array.from({ length: counts.length / 2 }, (_, n) => [allTypes[counts[2 * n]], counts[2 * n + 1]]);
    return {
      key, lat, lng, place, manner, shape, label, radiusKm, outline, types, count: total(types),
      isFaded: Boolean(flags & 1), isPending: Boolean(flags & 2),
    };
  }

  const FIXED = ["key", "lat", "lng", "label", "radiusKm", "outline"];

  /** Whether two facts differ at most in counts: in how many events, of which types, how certain. */
  const differInCountsOnly = (one, other) => FIXED.every((name) => one[name] === other[name]);

  function areEqual(one, other) {
    return differInCountsOnly(one, other) && one.isFaded === other.isFaded && one.isPending === other.isPending &&
      one.types.length === other.types.length &&
      one.types.every(([type, count], n) => type === other.types[n][0] && count === other.types[n][1]);
  }

  /** Which of two gives way, regardless of counts: below 0 the second, above 0 the first, 0 neither. */
  function byPrecedence(one, other) {
    return SHAPES.indexOf(one.shape) - SHAPES.indexOf(other.shape) || MANNERS.indexOf(one.manner) - MANNERS.indexOf(other.manner);
  }

  // ---- clusters -----------------------------------------------------------------------------------------------

  /**
   * The parts of a sign to draw: for each kind of event its facts, with their `segment` [n, of] in a sign of several
   * kinds. `unproject` gives the point of the map at some pixels.
   */
  function partsOf(sign, unproject) {
    const kinds = KINDS.filter((kind) => sign.kinds.has(kind));
    const point = pointOf(sign, unproject);
    return kinds.map((kind, n) => {
      const marks = sign.marks.filter((point) => point.kind === kind).map(({ mark }) => mark);
      const facts = { ...(marks.length === 1 ? marks[0].facts : factsOfCluster(marks)), ...point };
      return { facts, marks, sign, segment: kinds.length > 1 ? [n, kinds.length] : null };
    });
  }

  function pointOf(sign, unproject) {
    if (sign.marks.length === 1) return { lat: sign.marks[0].mark.lat, lng: sign.marks[0].mark.near };
    const { lat, lng } = unproject([sign.x, sign.y]);
    return { lat: Number(lat.toFixed(6)), lng: Number(lng.toFixed(6)) };
  }

  /** The facts of a cluster of marks of one kind. Its key names its members; see `marks.KEY_PATTERN`. */
  function factsOfCluster(marks) {
    const { manner, shape } = marks[0].facts;
    const cells = marks.filter(({ cell }) => cell).map(({ place }) => place).sort();
    const places = [...new Map(marks.filter(({ cell }) => !cell).map((mark) => [mark.place, mark.facts.label]))].sort();
    const types = addedTypes(marks);
    const members = cells.join("_") + places.map(([place]) => `~${place}`).join("");
    return {
      key: `${members}.${manner}.${isArea(shape) ? "areas" : "cluster"}`,
      place: members, manner, shape: isArea(shape) ? "areas" : "cluster",
      label: cells.length ? "" : listed(places.map(([, label]) => label)), radiusKm: 0, outline: null,
      types, count: total(types),
      isFaded: marks.every(({ facts }) => facts.isFaded), isPending: marks.some(({ facts }) => facts.isPending),
    };
  }

  function addedTypes(marks) {
    const types = new Map();
    for (const { facts } of marks) for (const [type, count] of facts.types) types.set(type, (types.get(type) || 0) + count);
    return [...types].sort((a, b) => b[1] - a[1]);
  }

  function listed(labels) {
    const more = labels.length - MOST_NAMES;
    return labels.slice(0, MOST_NAMES).join(", ") + (more > 0 ? ` and ${more} more` : "");
  }

  /** A parsed key, as in `marks.Key`: the places and cells whose events it names. */
  function membersOf(key) {
    const [, members, manner, shape] = key.match(KEY);
    if (!isOfCell(shape)) return { key };
    const [cells, ...places] = members.split("~");
    return { kind: kindOf({ manner, shape }), places: new Set(places), cells: cells ? cells.split("_").map(cellFrom) : [] };
  }

  /** Whether a mark is one of the `members` that a key names. `cellAt(mark, level)` is the column and row it lies in. */
  function isMember(mark, members, cellAt) {
    if (members.key) return members.key === mark.key;
    if (members.kind !== mark.kind) return false;
    if (!mark.cell && members.places.has(mark.place)) return true;
    return members.cells.some(([level, column, row]) => {
      const [itsColumn, itsRow] = cellAt(mark, level);
      return (!mark.cell || mark.cell[0] >= level) && itsColumn === column && itsRow === row;
    });
  }

  return { isOfCell, kindOf, cellFrom, factsOf, differInCountsOnly, areEqual, byPrecedence, partsOf, membersOf, isMember };
})();
