// Sets the map to each zoom and measures all signs, from outside. A sign of several kinds is several marks at one point.
({ places, zooms, centre }) => {
    const map = map_div, frame = map.getContainer().getBoundingClientRect(), wrong = [], seen = {};
    let zoom = map.getZoom();
    const say = (what, ...about) => wrong.push([zoom, what, ...about].join(" "));
    const middle = (box) => [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
    const near = ([x, y], [px, py]) => Math.hypot(x - px, y - py);
    const onScreen = (lat, lng, x) => {
        const world = 256 * 2 ** zoom, at = map.latLngToContainerPoint([lat, lng]);
        return [at.x + world * Math.round((x - at.x) / world), at.y];
    };
    const member = (text, x) => { // the point of a place; null for a cell
        const place = places[text];
        return place ? onScreen(place[0], place[1], x) : null;
    };
    function signs() {
        const found = new Map();
        for (const mark of document.querySelectorAll(".cm-mark")) {
            const { left, top } = mark.getBoundingClientRect();
            const boxes = [...mark.querySelectorAll(".cm-edge")].map((edge) => edge.getBoundingClientRect());
            const box = [Math.min(...boxes.map((b) => b.left)), Math.min(...boxes.map((b) => b.top)),
                Math.max(...boxes.map((b) => b.right)), Math.max(...boxes.map((b) => b.bottom))];
            const moved = mark.querySelector(".cm-symbol").getAttribute("transform");
            const name = mark.querySelector(".cm-segment") ? `${left} ${top} ${moved}` : mark.dataset.key;
            const sign = found.get(name) || { marks: [], box, anchor: [left - frame.left, top - frame.top] };
            sign.marks.push(mark);
            sign.box = [Math.min(sign.box[0], box[0]), Math.min(sign.box[1], box[1]),
                Math.max(sign.box[2], box[2]), Math.max(sign.box[3], box[3])];
            found.set(name, sign);
        }
        for (const sign of found.values()) {
            sign.box = sign.box.map((value, n) => value - (n % 2 ? frame.top : frame.left));
            sign.middle = middle(sign.box);
            sign.width = sign.box[2] - sign.box[0];
            sign.keys = sign.marks.map((mark) => mark.dataset.key);
            sign.cells = new Set(); sign.points = new Map();
            for (const key of sign.keys) {
                const [, members, shape] = key.match(/^(.*)\.[a-z]+\.([a-z]+)$/);
                const [cells, ...own] = shape === "cluster" || shape === "areas" ? members.split("~") : ["", members];
                for (const cell of cells ? cells.split("_") : []) sign.cells.add(cell);
                for (const one of own) sign.points.set(one, member(one, sign.middle[0]));
            }
        }
        return [...found.values()];
    }
    function leaderEnds(sign) {
        const ends = [];
        for (const mark of sign.marks)
            for (const [, x, y] of mark.querySelector(".cm-leader").getAttribute("d").matchAll(/L(-?[\d.]+) (-?[\d.]+)/g))
                ends.push([sign.anchor[0] + Number(x), sign.anchor[1] + Number(y)]);
        return ends;
    }
    function check(all) {
        for (const sign of all) {
            const points = [...sign.points.values()].filter(Boolean);
            if (sign.points.size !== points.length) say("an unknown place", sign.keys);
            if (sign.width < 23.95) say("too small", sign.keys, sign.width);
            if (!sign.cells.size) {
                const mean = [0, 1].map((n) => points.reduce((sum, p) => sum + p[n], 0) / points.length);
                const shift = near(mean, sign.middle) / sign.width;
                seen.shift = Math.max(seen.shift || 0, shift);
                if (near(mean, sign.middle) > sign.width / 2 + 1) say("off its place", sign.keys, shift);
            }
            if (near(sign.anchor, sign.middle) > sign.width / 2 + 0.5) say("off its anchor", sign.keys);
            if (points.length + sign.cells.size > 1) {
                const ends = leaderEnds(sign);
                for (const p of points)
                    if (near(p, sign.middle) > 1.5 * sign.width + 1 && !ends.some((end) => near(p, end) < 2.5)) say("no line", sign.keys);
            }
            if (sign.cells.size === 1) {
                const [level, column, row] = [...sign.cells][0].split("-").map(Number);
                const size = 2 ** level, world = 256 * 2 ** zoom, origin = map.getPixelBounds().min;
                const x = ((sign.middle[0] + origin.x) / world * size % size + size) % size, y = (sign.middle[1] + origin.y) / world * size;
                const slack = size / world;
                if (x < column - slack || x > column + 1 + slack || y < row - slack || y > row + 1 + slack) say("outside its cell", sign.keys, x, y);
            }
            for (const mark of sign.marks) {
                const said = Number(mark.getAttribute("aria-label").match(/([\d,]+) events?:/)[1].replace(/,/g, ""));
                const shown = mark.querySelector(".cm-badge text, .cm-count")?.textContent ?? "1";
                if (said < (sign.marks.length > 1 ? 1000 : 10000) && Number(shown.replace(/,/g, "")) !== said) say("shows", shown, "says", said, sign.keys);
                seen.events = (seen.events || 0) + said;
            }
        }
        for (const [n, a] of all.entries())
            for (const b of all.slice(n + 1)) {
                const far = near(a.middle, b.middle), least = Math.min(a.width, b.width);
                const asDiscs = ((a.width + b.width) / 2 - far - 1) / least;
                const wide = Math.min(a.box[2], b.box[2]) - Math.max(a.box[0], b.box[0]) - 0.8;
                const high = Math.min(a.box[3], b.box[3]) - Math.max(a.box[1], b.box[1]) - 0.8;
                const asBoxes = wide > 0 && high > 0 ? (wide * high) / least ** 2 : 0;
                seen.covered = Math.max(seen.covered || 0, asDiscs, asBoxes);
                if (asDiscs > 0.15 || asBoxes > 0.15) say("covered", a.keys, b.keys, asDiscs.toFixed(2), asBoxes.toFixed(2));
            }
    }
    const totals = [];
    for (const one of zooms) {
        const start = performance.now();
        if (centre) map.setView(centre, one, { animate: false });
        else map.setZoom(one, { animate: false });
        seen.ms = Math.max(seen.ms || 0, performance.now() - start);
        zoom = map.getZoom();
        seen.events = 0;
        const all = signs();
        check(all);
        totals.push(seen.events);
        seen.signs = Math.max(seen.signs || 0, all.length);
        seen.several = Math.max(seen.several || 0, all.filter((sign) => sign.points.size > 1).length);
        seen.composite = Math.max(seen.composite || 0, all.filter((sign) => sign.marks.length > 1).length);
    }
    return { wrong, seen, totals: [...new Set(totals)] };
}
