"use strict";
// Where symbols and labels go so that nothing covers anything. Pure arithmetic on pixels: no DOM, no map.
// Coordinates are absolute pixels of one zoom level; rectangles are [left, top, right, bottom].

const conflictmapLayout = (() => {
  const FARTHEST = 78; // px: beyond this a symbol would seem to stand elsewhere
  const GAP = 2; // px of air between symbols
  const CROWDED_OUT = 0.4; // size of a symbol for which there is no room

  /** A grid of rectangles that answers "does this one touch any?" without asking all. */
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
          const found = visit(x * 1048576 + y);
          if (found) return found;
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

  function square(x, y, r) {
    return [x - r, y - r, x + r, y + r];
  }

  /** Steps away from the true point: first in the direction of `away`, then to both sides of it, then farther. */
  function* steps(r, away) {
    for (let distance = r * 1.25; distance <= FARTHEST; distance += r * 0.5)
      for (let turn = 0; turn <= 8; turn += 1)
        for (const side of turn === 0 || turn === 8 ? [1] : [1, -1]) {
          const angle = away + (side * turn * Math.PI) / 8;
          yield [Math.round(distance * Math.cos(angle)), Math.round(distance * Math.sin(angle))];
        }
  }

  /**
   * Move symbols off each other. Items ({x, y, r}) come in order of importance: the first stay where they are.
   * Sets dx and dy, the way from the true point, and `scale`: the usual one, in a crowd 0.75 of it. What finds no
   * free spot near by stays at its true point, at CROWDED_OUT.
   */
  function nudge(items, scale) {
    return spreadOut(items, scale, items.length * 0.05) || spreadOut(items, scale * 0.75, Infinity);
  }

  /** What is occupied by items that were nudged before. */
  function occupiedBy(items) {
    const occupied = new Occupied(32);
    for (const { box } of items) occupied.add(box);
    return occupied;
  }

  /** What is occupied then; null as soon as more items than `most` have found no room. */
  function spreadOut(items, scale, most) {
    const occupied = new Occupied(32);
    let without = 0;
    for (const item of items) {
      const reach = item.r * scale + GAP / 2;
      const way = freeWay(occupied, item, reach);
      [item.dx, item.dy] = way || [0, 0];
      item.scale = way ? scale : CROWDED_OUT;
      if (!way && (without += 1) > most) return null;
      item.box = square(item.x + item.dx, item.y + item.dy, way ? reach : item.r * CROWDED_OUT);
      occupied.add(item.box);
    }
    return occupied;
  }

  function freeWay(occupied, item, reach) {
    const first = occupied.hit(square(item.x, item.y, reach));
    if (!first) return [0, 0];
    const x = item.x - (first[0] + first[2]) / 2;
    const y = item.y - (first[1] + first[3]) / 2;
    const away = Math.hypot(x, y) < 1 ? -Math.PI / 4 : Math.atan2(y, x);
    for (const [dx, dy] of steps(reach, away)) if (!occupied.hit(square(item.x + dx, item.y + dy, reach))) return [dx, dy];
    return null;
  }

  /** The eight places of a label around a symbol, the best first, as its left top corner from the symbol's centre. */
  function spots(r, width, height) {
    const side = r + 4;
    const slant = r * 0.75;
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

  const inside = (rect, view) => rect[0] >= view[0] && rect[1] >= view[1] && rect[2] <= view[2] && rect[3] <= view[3];

  /**
   * Find a free spot for a label of this size; marks it occupied. Returns [left, top] from (x, y), or null.
   * What has its symbol in `view` gets a label that is whole in it, or none. `own` is a rectangle that may be
   * touched: the symbol's.
   */
  function place(occupied, { x, y, r }, width, height, { view, own } = {}) {
    const whole = view && inside([x, y, x, y], view);
    for (const spot of spots(r, width, height)) {
      const [left, top] = [x + spot[0], y + spot[1]];
      const rect = [left, top, left + width, top + height];
      if ((whole && !inside(rect, view)) || occupied.hit(rect, own)) continue;
      occupied.add(rect);
      return spot;
    }
    return null;
  }

  /**
   * Give labels to items in order of importance; those for which none of the places is free get `spot` null.
   * A place that several marks stand for is named once.
   */
  function label(occupied, items, view) {
    const named = new Map();
    for (const item of items) {
      const x = item.x + item.dx;
      const y = item.y + item.dy;
      const before = named.get(item.place);
      const known = !item.width || item.scale === CROWDED_OUT || (before && Math.hypot(before[0] - item.x, before[1] - item.y) < 60);
      item.spot = known ? null : place(occupied, { x, y, r: item.r * item.scale }, item.width, item.height, { view, own: item.box });
      if (item.spot) named.set(item.place, [item.x, item.y]);
    }
  }

  return { Occupied, nudge, occupiedBy, label, place };
})();
