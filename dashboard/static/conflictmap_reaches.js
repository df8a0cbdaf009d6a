"use strict";
// Reaches: the areas in which the events of a mark may be. A ring around a neighbourhood, the outline of an area, or a
// ring in place of an unknown outline. They are at the mark's own place, whatever sign the mark is part of.

const conflictmapReaches = (() => {
  const { featureOf } = conflictmapItems;
  const { showState } = conflictmapSymbols;

  class Reaches {
    /**
     * `clicks` is the Leaflet group that receives clicks; `choose` is called with the key of a clicked mark, `isChosen`
     * says whether to highlight a mark, and `onOutline` is called when an outline has loaded, or does not exist.
     */
    constructor(map, base, { tip, clicks, choose, isChosen, onOutline }) {
      Object.assign(this, { base, tip, clicks, choose, isChosen, onOutline });
      map.createPane("cm-shapes").style.zIndex = 350;
      this.renderer = L.svg({ pane: "cm-shapes", padding: 0.4 }); // one for all updates: each renderer kept costs
      this.layer = L.layerGroup().addTo(map);
    }

    /** Draw the reach of a mark, if it has one; the outline of an area may load later. */
    draw(mark) {
      const { shape, radiusKm } = mark.facts;
      if (shape !== "area" && !(shape === "ring" && radiusKm)) return;
      mark.voice = this._voiceOf(mark);
      if (shape === "ring") this._addRing(mark, "cm-ring");
      else this._addArea(mark);
    }

    /** Redraw it at the mark's new position, in another copy of the world. */
    move(mark) {
      this._clear(mark);
      if (mark.geometry) this._addOutline(mark);
      else if (mark.hasOutline === false) this._addRing(mark, "cm-outline");
      else if (mark.facts.shape === "ring") this.draw(mark);
    }

    remove(mark) {
      this._clear(mark);
      mark.gone = true;
    }

    /** Show the colour of a mark and how certain its events are. */
    showState(mark) {
      for (const path of mark.paths) if (path.getElement()) showState(path.getElement(), mark.facts);
    }

    showChoice(mark) {
      for (const path of mark.paths) path.getElement()?.classList.toggle("cm-selected", this.isChosen(mark));
    }

    _clear(mark) {
      for (const path of mark.paths.splice(0)) this.layer.removeLayer(path);
    }

    /** A marker that reports clicks on an outline, because its mark may share a sign with others. */
    _voiceOf(mark) {
      const voice = L.marker([mark.lat, mark.lng]);
      voice.feature = featureOf(mark.key);
      voice.addEventParent(this.clicks);
      return voice;
    }

    _pathOptions(className) {
      return { renderer: this.renderer, className, bubblingMouseEvents: false };
    }

    _addRing(mark, className) {
      this._add(mark, L.circle([mark.lat, mark.near], { radius: mark.drawnRadiusKm * 1000, ...this._pathOptions(className) }));
    }

    async _addArea(mark) {
      const { outline, place } = mark.facts;
      const geometry = outline && (await this.base.outlines(outline)).get(place);
      if (mark.gone) return; // another view has replaced it meanwhile
      mark.geometry = geometry || null;
      mark.hasOutline = Boolean(geometry);
      if (geometry) this._addOutline(mark);
      else this._addRing(mark, "cm-outline");
      this.onOutline(mark);
    }

    _addOutline(mark) {
      const shift = mark.near - mark.lng;
      const path = L.GeoJSON.geometryToLayer({ type: "Feature", geometry: mark.geometry }, {
        coordsToLatLng: ([lng, lat]) => L.latLng(lat, lng + shift),
        smoothFactor: 0.7,
        ...this._pathOptions(mark.geometry.type.endsWith("LineString") ? "cm-outline cm-line" : "cm-outline"),
      });
      this._add(mark, path);
    }

    _add(mark, path) {
      mark.paths.push(path);
      path.on("click", (event) => {
        this.choose(mark.key);
        mark.voice.fire("click", { latlng: event.latlng }, true);
      });
      path.on("mousemove", (event) => this.tip.show(mark.facts, mark, event.containerPoint, 0));
      path.on("mouseout", () => this.tip.hide());
      path.addTo(this.layer);
      path.getElement()?.classList.add("cm-path", `cm-${mark.facts.manner}`);
      this.showChoice(mark);
      this.showState(mark);
    }
  }

  return { Reaches };
})();
