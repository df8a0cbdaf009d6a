"use strict";
// The layout of signs and labels. Pure arithmetic on pixels: no DOM, no map.
// Coordinates are absolute pixels of one zoom level; rectangles are [left, top, right, bottom].
//
// A sign is at its true point: it may be shifted by at most half its width, and cover at most MOST_COVERED of a smaller
// one. Marks that do not fit share a sign. Names may be placed farther off, signs may not.

const conflictmapLayout = (() => {
  const MOST_COVERED = 0.15; // of the smaller of two signs: of its width as a disc, of its area as a box
  const AIM = 0.145; // the target when signs are pushed apart, so that rounding to whole pixels does not undo it
  const ROUNDS = 200;
  const FAR = 1.5; // widths of a sign: members farther from its centre get a line, and names are placed no farther
  const INSET = 18; // px that the sign of a cell keeps from the cell's edge, if its mean lies less than STEP from there
  const STEP = 12;
  const SQUARE = 26; // px, the width of a sign; the signs of a square extend into four times its area
  const MOST_IN_A_SQUARE = 7;
  const MOST_STRAYS = 60; // with more signs than this, distant names would cover the map with lines

  /** A grid of rectangles that finds one touching a given rectangle without testing all. */
  class Occupied {
    constructor(cell = 64) {
      this.cell = cell;
      this.cells = new Map();
    }

    _eachCell(rect, visit) {
      const right = Math.floor(rect[2] / this.cell);
      const bottom = Math.floor(rect[3] / this.cell);
      for (let x = Math.floor(rect[0] / this.cell); x <= right; x += 1)
        for (let y = Math.floor(rect[1] / this.cell); y <= bottom; y += 1) {
          const result = visit(x * 1048576 + y);
          if (result) return result;
        }
      return undefined;
    }

    add(rect) {
      this._eachCell(rect, (key) => {
        const there = this.cells.get(key);
        if (there) there.push(rect);
        else this.cells.set(key, [rect]);
      });
    }

    /** The first rectangle that overlaps this one and is not `own`, or undefined. */
    hit(rect, own) {
      return this._eachCell(rect, (key) => {
        const there = this.cells.get(key);
        if (!there) return undefined;
        for (const other of there)
          if (other !== own && rect[0] < other[2] && rect[2] > other[0] && rect[1] < other[3] && rect[3] > other[1]) return other;
        return undefined;
      });
    }
  }

  // ---- signs --------------------------------------------------------------------------------------------------

  /**
   * Distribute marks over signs. Marks ({x, y, place, kind, cell, order}) have their true points, in whole pixels; `cell`
   * is the rectangle of a mark that stands for a cell of the server, else null. `halfWidth` gives half the width of a
   * sign of some marks. Returns signs ({marks, members, kinds, x, y, dx, dy, r, box, far}): their anchor, the offset from
   * it, half their width, and the points of distant members. `members` has one mark of each place.
   */
  function signs(marks, halfWidth) {
    const sharing = siblings(marks);
    let all = thinned(ofCells(marks)).map((group) => sign(group, halfWidth));
    for (;;) {
      const pairs = neighbours(all);
      relax(all, pairs);
      const crowded = pairs.map(([a, b]) => crowding(a, b)).filter(Boolean);
      if (!crowded.length) return all.map(settled);
      all = united(all, crowded, sharing, halfWidth);
    }
  }

  /** The marks of one cell share a sign from the start: they are at one point. */
  function ofCells(marks) {
    const groups = new Map();
    for (const mark of marks) {
      const key = mark.cell ? mark.place : mark;
      if (groups.has(key)) groups.get(key).push(mark);
      else groups.set(key, [mark]);
    }
    return [...groups.values()];
  }

  /** In a square with more marks than could ever fit, those of one kind share a sign from the start. */
  function thinned(groups) {
    const squares = new Map();
    for (const group of groups) {
      const [{ x, y, cell }] = group;
      const key = cell ? group : `${Math.floor(x / SQUARE)} ${Math.floor(y / SQUARE)}`;
      if (squares.has(key)) squares.get(key).push(group);
      else squares.set(key, [group]);
    }
    return [...squares.values()].flatMap((there) => {
      if (there.length <= MOST_IN_A_SQUARE) return there;
      const kinds = new Map(there.map(([{ kind }]) => [kind, []]));
      for (const group of there) kinds.get(group[0].kind).push(...group);
      return [...kinds.values()];
    });
  }

  /** Marks of one place and kind that differ in shape: the key of a cluster names the place, so they go together. */
  function siblings(marks) {
    const groups = new Map();
    for (const mark of marks) {
      const key = `${mark.kind} ${mark.place}`;
      groups.set(key, [...(groups.get(key) || []), mark]);
    }
    return new Map([...groups].filter(([, group]) => group.length > 1).flatMap(([, group]) => group.map((mark) => [mark, group])));
  }

  const mean = (points, axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length;

  /** A sign at the mean of its members. The sign of a cell is never pushed, so that filters do not move it. */
  function sign(marks, halfWidth) {
    const cells = marks.filter((mark) => mark.cell);
    const members = [...new Map(marks.map((mark) => [mark.place, mark])).values()];
    const middle = cells.length ? members.filter((mark) => mark.cell) : members;
    const created = { marks, members, kinds: new Set(marks.map((mark) => mark.kind)), x: mean(middle, "x"), y: mean(middle, "y") };
    created.r = halfWidth(marks, created.kinds.size);
    created.order = Math.min(...marks.map((mark) => mark.order));
    created.isFixed = cells.length > 0;
    [created.dx, created.dy] = [0, 0];
    if (created.isFixed && middle.length === 1) moveInside(created, middle[0].cell);
    return created;
  }

  /** Move the sign of a cell away from the edge of the cell, by at most STEP. */
  function moveInside(cellSign, [left, top, right, bottom]) {
    const between = (value, low, high) => Math.max(Math.min(value, high), low);
    const { x: fromX, y: fromY } = cellSign;
    const x = between(fromX, Math.min(left + INSET, (left + right) / 2), Math.max(right - INSET, (left + right) / 2)) - fromX;
    const y = between(fromY, Math.min(top + INSET, (top + bottom) / 2), Math.max(bottom - INSET, (top + bottom) / 2)) - fromY;
    const share = Math.min(1, STEP / Math.max(Math.hypot(x, y), 1e-9));
    [cellSign.dx, cellSign.dy] = [x * share, y * share];
  }

  /** Pairs of signs that may overlap. */
  function neighbours(all) {
    const sorted = [...all].sort((a, b) => a.x - b.x || a.order - b.order);
    const widest = Math.max(...all.map((one) => one.r), 0);
    const pairs = [];
    sorted.forEach((a, n) => {
      for (let m = n + 1; m < sorted.length && sorted[m].x - a.x < 2 * (a.r + widest); m += 1) {
        const b = sorted[m];
        const reach = 2 * (a.r + b.r);
        if (Math.abs(b.y - a.y) < reach && b.x - a.x < reach) pairs.push(a.order < b.order ? [a, b] : [b, a]);
      }
    });
    return pairs;
  }

  /** How far apart the centres of two signs must be in a direction for `share` of the smaller one to be covered. */
  function distance(a, b, right, down, share) {
    const both = a.r + b.r;
    const least = Math.min(a.r, b.r);
    const x = Math.abs(right);
    const y = Math.abs(down);
    const covered = 4 * share * least * least;
    const asBoxes = (2 * (both * both - covered)) / (both * (x + y) + Math.sqrt((both * (x - y)) ** 2 + 4 * x * y * covered));
    return Math.max(both - 2 * share * least, asBoxes);
  }

  /** How much too close two signs are; 0 or less if they are not. Leaves the direction in `direction`. */
  function missingDistance(a, b, share) {
    const right = b.x + b.dx - a.x - a.dx;
    const down = b.y + b.dy - a.y - a.dy;
    const far = Math.max(Math.sqrt(right * right + down * down), 1e-6);
    if (far > 1.42 * (a.r + b.r)) return 0;
    direction.right = right / far;
    direction.down = down / far;
    return distance(a, b, direction.right, direction.down, share) - far;
  }

  const direction = { right: 0, down: 0 };

  /** Push signs apart, the less important ones farther, none by more than half its width. */
  function relax(all, pairs) {
    for (const one of all) if (!one.isFixed) [one.dx, one.dy] = [0.01 * Math.cos(2.4 * one.order), 0.01 * Math.sin(2.4 * one.order)];
    const rounds = pairs.length > 5 * all.length ? ROUNDS / 20 : ROUNDS; // a dense knot: a lack of room shows soon
    for (let round = 0; round < rounds; round += 1) {
      let isMoved = false;
      for (const [a, b] of pairs) {
        const lack = a.isFixed && b.isFixed ? 0 : missingDistance(a, b, AIM);
        if (lack < 0.05) continue;
        const { right, down } = direction;
        const share = a.isFixed ? 0 : b.isFixed ? 1 : 0.35;
        push(a, -right * lack * share, -down * lack * share);
        push(b, right * lack * (1 - share), down * lack * (1 - share));
        isMoved = true;
      }
      if (!isMoved) return;
    }
  }

  function push(one, right, down) {
    const x = one.dx + right;
    const y = one.dy + down;
    const share = Math.min(1, (one.r - 0.1) / Math.max(Math.hypot(x, y), 1e-9));
    [one.dx, one.dy] = [x * share, y * share];
  }

  /** How much two signs overlap beyond what is allowed, and whether they have a kind in common; or null. */
  function crowding(a, b) {
    const lack = missingDistance(a, b, MOST_COVERED);
    if (lack < 0.05) return null;
    const kinds = new Set([...a.kinds, ...b.kinds]).size;
    return { a, b, lack, isAlike: kinds === Math.max(a.kinds.size, b.kinds.size) };
  }

  /**
   * Merge the most crowded pairs, each sign with one other; signs of different kinds only if no others are left, and
   * preferably with a sign at the same point.
   */
  function united(all, crowded, sharing, halfWidth) {
    const isAlike = crowded.some((pair) => pair.isAlike);
    const asked = crowded.filter((pair) => pair.isAlike === isAlike);
    asked.sort((p, q) => q.lack - p.lack || p.a.order - q.a.order || p.b.order - q.b.order);
    const holder = new Map(all.flatMap((one) => one.marks.map((mark) => [mark, one])));
    const gone = new Set();
    const fresh = [];
    for (const { a, b } of asked) {
      if (gone.has(a) || gone.has(b)) continue;
      const together = new Set(isAlike ? [a, b] : atOnePoint(all.filter((one) => !gone.has(one)), a, b));
      for (const one of together)
        for (const mark of one.marks)
          for (const other of sharing.get(mark) || []) if (!gone.has(holder.get(other))) together.add(holder.get(other));
      for (const one of together) gone.add(one);
      fresh.push(sign([...together].flatMap((one) => one.marks), halfWidth));
    }
    return [...all.filter((one) => !gone.has(one)), ...fresh];
  }

  /** One of two signs with another at its point; the two themselves if there is none. */
  function atOnePoint(all, a, b) {
    for (const one of [b, a]) {
      const other = all.find((each) => each !== one && Math.hypot(each.x - one.x, each.y - one.y) < 2);
      if (other) return [one, other];
    }
    return [a, b];
  }

  function settled(one) {
    const round = (value) => (Math.abs(value) < 0.3 ? 0 : Math.round(value * 10) / 10);
    [one.dx, one.dy] = [round(one.dx), round(one.dy)];
    const [x, y] = [one.x + one.dx, one.y + one.dy];
    one.box = [x - one.r, y - one.r, x + one.r, y + one.r];
    const points = new Map(one.marks.map((mark) => [`${mark.x} ${mark.y}`, [mark.x, mark.y]]));
    one.far = [...points.values()].filter(([px, py]) => Math.hypot(px - x, py - y) > 2 * FAR * one.r);
    return one;
  }

  // ---- names --------------------------------------------------------------------------------------------------

  /** The eight places of a label around a symbol, the best first, as its left top corner from the symbol's centre. */
  function spots(r, width, height) {
    const side = r + 4;
    const slant = r - 0.5;
    return [
      [side, -height / 2],
      [-side - width, -height / 2],
      [-width / 2, -side - height],
      [-width / 2, side],
      [slant, -slant - height],
      [slant, slant],
      [-slant - width, -slant - height],
      [-slant - width, slant],
    ];
  }

  /** Spots farther off, each with the point [x, y] at which the line from the symbol ends. */
  function* distantSpots(r, width, height) {
    for (const far of [r + 15, r + 23, 2 * FAR * r])
      for (let turn = 0; turn < 8; turn += 1) {
        const [x, y] = [Math.cos((turn * Math.PI) / 4), Math.sin((turn * Math.PI) / 4)];
        const side = (share, size) => (Math.abs(share) < 0.1 ? -size / 2 : share < 0 ? -size : 0);
        yield [far * x + side(x, width), far * y + side(y, height), far * x, far * y];
      }
  }

  const inside = (rect, view) => rect[0] >= view[0] && rect[1] >= view[1] && rect[2] <= view[2] && rect[3] <= view[3];

  /**
   * Find a free spot for a label of this size, and mark it occupied. Returns [left, top] from (x, y), or null.
   * If the symbol is in `view`, its label must be entirely in it. `own` is the rectangle of the symbol, which may be
   * touched.
   */
  function place(occupied, { x, y, r }, width, height, { view, own, mayStray } = {}) {
    const whole = view && inside([x, y, x, y], view);
    const isFree = (rect) => !(whole && !inside(rect, view)) && !occupied.hit(rect, own);
    const at = (spot) => [x + spot[0], y + spot[1], x + spot[0] + width, y + spot[1] + height];
    const free = spots(r, width, height).find((spot) => isFree(at(spot))) ||
      (mayStray && [...distantSpots(r, width, height)].find((spot) => isFree(at(spot)) && isClear(occupied, x, y, spot, own)));
    if (free) occupied.add(at(free));
    return free || null;
  }

  /** Whether the line to a distant name crosses nothing. */
  function isClear(occupied, x, y, [, , right, down], own) {
    return [0.4, 0.6, 0.8].every((share) => {
      const [px, py] = [x + right * share, y + down * share];
      return !occupied.hit([px - 1, py - 1, px + 1, py + 1], own);
    });
  }

  /**
   * Give labels to items ({sign, place, width, height}) in order of importance; those for which none of the places is
   * free get `spot` null. A place that several marks stand for is named once.
   */
  function label(occupied, items, view) {
    const named = new Map();
    const mayStray = items.length <= MOST_STRAYS;
    for (const item of items) {
      const { x, y, dx, dy, r, box } = item.sign;
      const before = named.get(item.place);
      const isKnown = !item.width || (before && Math.hypot(before[0] - x, before[1] - y) < 60);
      item.spot = isKnown ? null : place(occupied, { x: x + dx, y: y + dy, r }, item.width, item.height, { view, own: box, mayStray });
      if (item.spot) named.set(item.place, [x, y]);
    }
  }

  return { Occupied, signs, label, place };
})();
