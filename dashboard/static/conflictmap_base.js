"use strict";
// The common basis of both maps: the base map (land, borders and names from static files, drawn on one canvas under the
// marks), outlines of places, and text from Python.

const conflictmapBase = (() => {
  const INKS = {
    light: { land: "#f2ede3", border: "#b5a88f", province: "#d6cab5", disputed: "#b5a88f" },
    dark: { land: "#2b2925", border: "#6a6253", province: "#423e36", disputed: "#7a715f" },
  };
  const LABEL_CHARACTERS = 28;
  const LABEL_FONT = '600 12px system-ui, "Segoe UI", Roboto, sans-serif'; // as in the style sheets
  const ZOOM = 8; // paths are kept in pixels of this zoom level: exact to 1/16 px at the closest one
  const WORLD = 256 * 2 ** ZOOM;
  const PROVINCES_FROM = 5;
  const COUNTRY_NAMES = [2.5, 6.5];
  const CITIES_FROM = 5;
  const MAX_CITIES = 60;
  // Offsets tried for the name of a country: to the right in shares of its width, down in pixels.
  const NAME_OFFSETS = [[0, 0], [0, -16], [0, 16], [-0.3, 0], [0.3, 0], [-0.3, -16], [-0.3, 16], [0.3, 16], [0.3, -16], [0, -30], [0, 30], [-0.5, 0], [-0.5, -20], [-0.5, 20]];

  function project(lng, lat) {
    const sin = Math.sin((Math.max(-85.0511, Math.min(85.0511, lat)) * Math.PI) / 180);
    return [(lng / 360 + 0.5) * WORLD, (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * WORLD];
  }

  /** One polygon or line as a path with its bounds. */
  function shape(rings, closed) {
    const path = new Path2D();
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    for (const ring of rings) {
      ring.forEach(([lng, lat], n) => {
        const [x, y] = project(lng, lat);
        if (n === 0) path.moveTo(x, y);
        else path.lineTo(x, y);
        box[0] = Math.min(box[0], x);
        box[1] = Math.min(box[1], y);
        box[2] = Math.max(box[2], x);
        box[3] = Math.max(box[3], y);
      });
      if (closed) path.closePath();
    }
    return { path, box };
  }

  function shapes(geometry) {
    const c = geometry.coordinates;
    if (geometry.type === "Polygon") return [shape(c, true)];
    if (geometry.type === "MultiPolygon") return c.map((rings) => shape(rings, true));
    if (geometry.type === "LineString") return [shape([c], false)];
    if (geometry.type === "MultiLineString") return c.map((line) => shape([line], false));
    return [];
  }

  const allShapes = (collection) => collection.features.flatMap((f) => (f.geometry ? shapes(f.geometry) : []));

  /**
   * The provinces of a country as land and two kinds of line: `inner` between provinces, `outer` around them.
   * The border comes from here where provinces are drawn, because it is finer than that of countries.json.
   */
  function provincesOf(collection) {
    const times = new Map(); // both sides of a border have the same corners, so an inner edge occurs twice
    const edges = [];
    for (const { geometry } of collection.features)
      for (const ring of geometry.type === "Polygon" ? geometry.coordinates : geometry.coordinates.flat())
        for (let n = 1; n < ring.length; n += 1) {
          const ends = [ring[n - 1].join(), ring[n].join()];
          const key = ends[0] < ends[1] ? ends.join(" ") : `${ends[1]} ${ends[0]}`;
          times.set(key, (times.get(key) || 0) + 1);
          edges.push([key, ring[n - 1], ring[n]]);
        }
    const runs = { inner: [], outer: [] };
    for (const [key, from, to] of edges) {
      if (times.get(key) === 0) continue; // its other side is already drawn
      const kind = runs[times.get(key) > 1 ? "inner" : "outer"];
      const last = kind[kind.length - 1];
      if (last && last[last.length - 1] === from) last.push(to);
      else kind.push([from, to]);
      times.set(key, 0);
    }
    return { land: allShapes(collection), inner: runs.inner.map((run) => shape([run], false)), outer: runs.outer.map((run) => shape([run], false)) };
  }

  async function fetched(url) {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    return answer.json();
  }

  const Canvas = L.Renderer.extend({
    initialize(base) {
      L.Renderer.prototype.initialize.call(this, { pane: "cm-base", padding: 0.4 });
      this.base = base;
    },

    _initContainer() {
      this._container = document.createElement("canvas");
    },

    _destroyContainer() {
      this._container.remove();
      delete this._container;
    },

    _updatePaths() {}, // Leaflet calls it; there are no Leaflet paths here

    redraw() {
      if (this._map) this._update();
    },

    _update() {
      if (this._map._animatingZoom && this._bounds) return;
      L.Renderer.prototype._update.call(this);
      const size = this._bounds.getSize();
      const dots = L.Browser.retina ? 2 : 1;
      const canvas = this._container;
      L.DomUtil.setPosition(canvas, this._bounds.min);
      canvas.width = size.x * dots;
      canvas.height = size.y * dots;
      canvas.style.width = `${size.x}px`;
      canvas.style.height = `${size.y}px`;
      this._draw(canvas.getContext("2d"), size, dots);
    },

    _draw(ink, size, dots) {
      const map = this._map;
      const scale = 2 ** (map.getZoom() - ZOOM);
      const origin = map.getPixelOrigin().add(this._bounds.min);
      const first = Math.floor(origin.x / (WORLD * scale));
      const last = Math.floor((origin.x + size.x) / (WORLD * scale));
      for (let copy = first; copy <= last; copy += 1) {
        const shift = copy * WORLD;
        ink.setTransform(dots * scale, 0, 0, dots * scale, dots * (shift * scale - origin.x), dots * -origin.y);
        const view = [origin.x / scale - shift, origin.y / scale, (origin.x + size.x) / scale - shift, (origin.y + size.y) / scale];
        this._drawWorld(ink, view, scale);
      }
    },

    _drawWorld(ink, view, scale) {
      const { layers, inks, zoom } = this.base.drawing(this._map);
      const seen = (list) =>
        list.filter(({ box }) => box[0] < view[2] && box[2] > view[0] && box[1] < view[3] && box[3] > view[1] &&
          (box[2] - box[0] > 0.6 / scale || box[3] - box[1] > 0.6 / scale));
      const stroke = (list, colour, width, dash = []) => {
        ink.strokeStyle = colour;
        ink.lineWidth = width / scale;
        ink.setLineDash(dash.map((d) => d / scale));
        for (const { path } of seen(list)) ink.stroke(path);
      };
      ink.lineJoin = "round";
      ink.fillStyle = inks.land;
      for (const { path } of seen(layers.land)) ink.fill(path, "evenodd");
      stroke(layers.inner, inks.land, 1); // closes the hairlines between provinces that antialiasing leaves
      stroke(layers.inner, inks.province, 0.8);
      stroke(layers.outer, inks.border, zoom < 4 ? 0.7 : 1);
      stroke(layers.disputed, inks.land, 2);
      stroke(layers.disputed, inks.disputed, 1.1, [4, 3]);
    },
  });

  class Base {
    constructor(map, options) {
      this.map = map;
      this.url = `${options.static}map/`;
      this.dark = false;
      this.countries = [];
      this.disputed = [];
      this.provinces = new Map(); // country code -> provincesOf(…), null while they are loading
      this.outlinesOfFiles = new Map(); // file -> promise of its outlines
      this.cities = null;
      this.texts = new Map();
      map.createPane("cm-base").style.zIndex = 200;
      this.namesPane = map.createPane("cm-names");
      this.namesPane.style.zIndex = 380;
      this.namesPane.setAttribute("aria-hidden", "true"); // for orientation only
      this.canvas = new Canvas(this).addTo(map);
      map.on("zoomanim", () => this.namesPane.classList.add("cm-away"));
      this.load();
    }

    async load() {
      try {
        const countries = await fetched(`${this.url}countries.json`);
        this.countries = countries.features.map(country).sort((a, b) => a.from - b.from);
        this.disputed = allShapes(await fetched(`${this.url}disputed.json`));
      } catch (error) {
        console.warn("The base map is not complete.", String(error));
      }
      this.changed();
    }

    /** Called when something to draw has loaded. */
    changed() {
      this.canvas.redraw();
      if (this.occupied) this.name(this.occupied);
    }

    setDark(dark) {
      if (dark === this.dark) return;
      this.dark = dark;
      this.canvas.redraw();
    }

    /** What to draw at this zoom: lists of shapes, and the colours. */
    drawing(map) {
      const zoom = map.getZoom();
      const layers = { land: [], inner: [], outer: [], disputed: this.disputed };
      for (const country of this.countries) {
        const fine = zoom >= PROVINCES_FROM && this.isSeen(country) ? this.provincesOf(country.code) : null;
        layers.land.push(...(fine ? fine.land : country.shapes));
        layers.outer.push(...(fine ? fine.outer : country.shapes));
        if (fine) layers.inner.push(...fine.inner);
      }
      return { layers, inks: this.dark ? INKS.dark : INKS.light, zoom };
    }

    isSeen({ shapes: parts }) {
      const { min, max } = this.map.getPixelBounds();
      const scale = 2 ** (this.map.getZoom() - ZOOM);
      return [-WORLD, 0, WORLD].some((shift) =>
        parts.some(({ box }) => (box[0] + shift) * scale < max.x && (box[2] + shift) * scale > min.x &&
          box[1] * scale < max.y && box[3] * scale > min.y));
    }

    /** The provinces of a country, or null until they have loaded; fetched once. */
    provincesOf(code) {
      if (!this.provinces.has(code)) {
        this.provinces.set(code, null);
        fetched(`${this.url}provinces/${code}.json`)
          .then((collection) => this.provinces.set(code, provincesOf(collection)))
          .then(() => this.canvas.redraw(), () => undefined); // a country without provinces has no file
      }
      return this.provinces.get(code);
    }

    /** The outlines in a file, by place_id; fetched once in the life of the frame. Empty if it cannot be loaded. */
    outlines(file) {
      if (!this.outlinesOfFiles.has(file)) {
        const byPlace = (collection) => new Map(collection.features.map((f) => [f.id, f.geometry]));
        this.outlinesOfFiles.set(file, fetched(this.url + file).then(byPlace, () => new Map()));
      }
      return this.outlinesOfFiles.get(file);
    }

    async fetchCities() {
      this.cities = [];
      try {
        this.cities = (await fetched(`${this.url}cities.json`)).map(([lng, lat, name, rank]) => ({ name, lat, lng, rank }));
        this.changed();
      } catch (error) {
        console.warn("No names of towns.", String(error));
      }
    }

    /** Write the names that fit into the free space: countries first, then towns by size. */
    name(occupied) {
      this.occupied = occupied;
      const zoom = this.map.getZoom();
      const taken = new conflictmapLayout.Occupied();
      const free = { hit: (rect) => occupied.hit(rect) || taken.hit(rect), add: (rect) => taken.add(rect) };
      const names = [];
      if (zoom >= COUNTRY_NAMES[0] && zoom <= COUNTRY_NAMES[1]) names.push(...this.countryNames(zoom, free));
      if (zoom >= CITIES_FROM) names.push(...this.cityNames(zoom, free));
      this.write(names);
      this.namesPane.classList.remove("cm-away");
    }

    seenPoint(lat, lng) {
      const centre = this.map.getCenter().lng;
      const at = this.map.project([lat, lng + 360 * Math.round((centre - lng) / 360)]);
      return this.map.getPixelBounds().contains(at) ? at : null;
    }

    *countryNames(zoom, free) {
      const scale = 2 ** (zoom - ZOOM);
      for (const { code, name, lat, lng, from, box } of this.countries) {
        if (zoom < from - 0.75) break;
        const room = (box[2] - box[0]) * scale;
        const size = Math.max(9.5, Math.min(13, 8 + room / 90));
        const width = textWidth(name.toUpperCase(), `600 ${size}px system-ui, sans-serif`) + name.length * 1.4;
        const at = width < room * 1.3 && this.seenPoint(lat, lng);
        if (!at) continue;
        for (const [right, down] of NAME_OFFSETS) {
          const x = at.x + right * width;
          const y = at.y + down;
          const rect = [x - width / 2, y - 8, x + width / 2, y + 8];
          if (free.hit(rect)) continue;
          free.add(rect);
          yield { id: `country ${code}`, text: name, kind: "cm-country", x, y, size };
          break;
        }
      }
    }

    *cityNames(zoom, free) {
      if (!this.cities) this.fetchCities();
      const last = zoom < 5.5 ? 1 : zoom < 6 ? 2 : zoom < 6.5 ? 3 : 4; // ranks: 0 capitals, then by size
      let room = MAX_CITIES;
      for (const { name, lat, lng, rank } of this.cities || []) {
        if (rank > last || room === 0) break;
        const at = this.seenPoint(lat, lng);
        if (!at) continue;
        const dot = [at.x - 3, at.y - 3, at.x + 3, at.y + 3];
        if (free.hit(dot)) continue;
        const width = textWidth(name, "11px system-ui, sans-serif") + 4;
        const spot = conflictmapLayout.place(free, { x: at.x, y: at.y, r: 1 }, width, 14);
        if (!spot) continue;
        free.add(dot);
        room -= 1;
        yield { id: `city ${name} ${lat} ${lng}`, text: name, kind: "cm-city", x: at.x, y: at.y, spot };
      }
    }

    /** Make the pane hold exactly these names; existing ones are moved, not recreated. */
    write(names) {
      const gone = new Map(this.texts);
      const origin = this.map.getPixelOrigin();
      for (const { id, text, kind, x, y, size, spot } of names) {
        let element = gone.get(id);
        gone.delete(id);
        if (!element) {
          element = L.DomUtil.create("div", kind, this.namesPane);
          const span = L.DomUtil.create("span", "", element);
          span.textContent = text;
          this.texts.set(id, element);
        }
        if (size) element.style.fontSize = `${size}px`;
        if (spot) element.firstChild.style.transform = `translate(${spot[0]}px, ${spot[1]}px)`;
        L.DomUtil.setPosition(element, L.point(x, y).subtract(origin).round());
      }
      for (const [id, element] of gone) {
        element.remove();
        this.texts.delete(id);
      }
    }
  }

  /** A feature of countries.json: its shapes, and the place of its name with the zoom it appears at. */
  function country({ properties, geometry }) {
    const parts = shapes(geometry);
    const { box } = parts.reduce((a, b) => (a.box[2] - a.box[0] > b.box[2] - b.box[0] ? a : b));
    const { code, name, label, min_zoom: from } = properties;
    return { code, name, lng: label[0], lat: label[1], from, box, shapes: parts };
  }

  const ruler = document.createElement("canvas").getContext("2d");
  const widths = new Map();

  /** Width in pixels of a text in a CSS font. */
  function textWidth(text, font) {
    const key = `${font}|${text}`;
    if (!widths.has(key)) {
      if (widths.size > 5000) widths.clear();
      ruler.font = font;
      widths.set(key, ruler.measureText(text).width);
    }
    return widths.get(key);
  }

  /** The text that Python's maptext encoded. */
  function decoded(label) {
    return label.replace(/&#([0-9]{1,7});/g, (_, code) => String.fromCodePoint(Number(code)));
  }

  /** A name as written next to its place: on one line, and not too long. */
  function shortened(text) {
    const characters = [...text.replace(/\s+/g, " ")];
    return characters.length > LABEL_CHARACTERS ? `${characters.slice(0, LABEL_CHARACTERS - 1).join("").trimEnd()}…` : characters.join("");
  }

  return { Base, LABEL_FONT, decoded, shortened, textWidth };
})();
