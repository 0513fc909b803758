"use strict";
(async () => {
  const page = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);

  // ── Elements ──

  const fill = (node, attributes, children) => {
    for (const [key, value] of Object.entries(attributes ?? {})) if (value !== undefined) node.setAttribute(key, value);
    node.append(...children.filter((child) => child !== undefined));
    return node;
  };
  const html = (name, attributes, ...children) => fill(document.createElement(name), attributes, children);
  const svg = (name, attributes, ...children) =>
    fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);

  /** About four digits; the same spelling as the command's. */
  const short = (value) => {
    if (value === null || value === undefined || Number.isNaN(value)) return "–";
    if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
    const size = Math.abs(value);
    if (size >= 1e6 || size < 1e-4) return value.toExponential(2).replace("e+", "e");
    return String(Number(value.toPrecision(4)));
  };
  const fraction = (value) => (Number.isNaN(value) ? "–" : value.toFixed(3));

  // ── Numbers ──

  const bytesOf = (letters) => Uint8Array.from(atob(letters), (letter) => letter.charCodeAt(0));

  /** Undoes quantisation, differences and compression: a row for each map or band, a column for each pixel. */
  const decoded = async (array) => {
    const stream = new Blob([bytesOf(array.data)]).stream().pipeThrough(new DecompressionStream("deflate"));
    const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
    const { rows, columns, least, step, downwards } = array;
    const count = rows * columns;
    if (bytes.length !== 2 * count) throw new Error(`an array of ${bytes.length} bytes in place of ${2 * count}`);
    const stored = new Uint16Array(count);
    for (let place = 0; place < count; place += 1) {
      const before = downwards ? place - columns : place % columns === 0 ? -1 : place - 1;
      stored[place] = ((bytes[place] << 8) | bytes[count + place]) + (before < 0 ? 0 : stored[before]);
    }
    const values = new Float32Array(count);
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        const number = stored[row * columns + column];
        values[row * columns + column] = number === 65535 ? NaN : least[row] + step[row] * number;
      }
    }
    return { rows, columns, values, at: (row, column) => values[row * columns + column] };
  };

  const quantile = (values, share) => {
    const sorted = Float32Array.from(values.filter((value) => !Number.isNaN(value))).sort();
    return sorted.length === 0 ? NaN : sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  };

  const ticks = (least, most, wanted) => {
    const span = most - least;
    if (!(span > 0)) return [least];
    const rough = span / wanted;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough);
    const result = [];
    for (let index = Math.ceil(least / step - 1e-9); index * step <= most + 1e-9 * span; index += 1) {
      result.push(Number((index * step).toPrecision(12)));
    }
    return result;
  };

  // ── Plots ──

  /** Line breaks where the places leave a gap, as between bands that were removed. */
  const pathOf = (places, values, x, y) => {
    const spacings = places.slice(1).map((place, index) => Math.abs(place - places[index])).sort((a, b) => a - b);
    const gap = spacings.length > 0 ? 3.5 * spacings[Math.floor(spacings.length / 2)] : Infinity;
    let text = "";
    let isDown = false;
    values.forEach((value, index) => {
      if (value === null || Number.isNaN(value)) { isDown = false; return; }
      if (index > 0 && Math.abs(places[index] - places[index - 1]) > gap) isDown = false;
      text += `${isDown ? "L" : "M"}${x(places[index]).toFixed(1)} ${y(value).toFixed(1)}`;
      isDown = true;
    });
    return text;
  };

  /** A plot of lines over common places, with an optional band between two of them. */
  const plot = ({ label, heading, places, lines, band, across, upwards, height = 230, width = 520, logarithmic, zero }) => {
    const scale = logarithmic ? Math.log10 : (value) => value;
    const all = lines.flatMap((line) => Array.from(line.values)).concat(band ? band.low.concat(band.high) : [], zero ? [0] : [])
      .filter((value) => value !== null && Number.isFinite(value)).map(scale);
    let [least, most] = all.length > 0 ? [Math.min(...all), Math.max(...all)] : [0, 1];
    if (!logarithmic && least > 0 && least < 0.35 * most) least = 0;
    if (most === least) most = least + 1;
    const margin = { left: 58, right: 12, top: heading ? 26 : 10, bottom: 38 };
    const [from, to] = [Math.min(...places), Math.max(...places)];
    const x = (place) => margin.left + ((width - margin.left - margin.right) * (place - from)) / (to - from || 1);
    const y = (value) => height - margin.bottom - ((height - margin.top - margin.bottom) * (scale(value) - least)) / (most - least);
    const drawing = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label });
    const rows = logarithmic ? ticks(least, most, 4).map((power) => 10 ** power) : ticks(least, most, 5);
    for (const value of rows) {
      drawing.append(
        svg("line", { class: "rule", x1: margin.left, x2: width - margin.right, y1: y(value), y2: y(value) }),
        svg("text", { x: margin.left - 6, y: y(value) + 4, "text-anchor": "end" }, short(value)));
    }
    for (const place of ticks(from, to, 6)) {
      drawing.append(svg("text", { x: x(place), y: height - margin.bottom + 16, "text-anchor": "middle" }, short(place)));
    }
    const floor = height - margin.bottom;
    drawing.append(svg("path", { class: "axis", d: `M${margin.left} ${margin.top}V${floor}H${width - margin.right}` }));
    if (zero && !logarithmic) {
      drawing.append(svg("line", { class: "zero", x1: margin.left, x2: width - margin.right, y1: y(0), y2: y(0) }));
    }
    drawing.append(
      svg("text", { x: (margin.left + width - margin.right) / 2, y: height - 4, "text-anchor": "middle" }, across),
      svg("text", { x: 12, y: (margin.top + floor) / 2, "text-anchor": "middle",
        transform: `rotate(-90 12 ${(margin.top + floor) / 2})` }, upwards));
    if (heading) drawing.append(svg("text", { class: "heading", x: margin.left, y: 15 }, heading));
    if (band) {
      places.slice(1).forEach((place, index) => {
        const before = places[index];
        if (Math.abs(place - before) > (3.5 * (to - from)) / places.length) return;
        drawing.append(svg("path", { fill: "var(--band)", stroke: "none", d:
          `M${x(before)} ${y(band.low[index])}L${x(place)} ${y(band.low[index + 1])}` +
          `L${x(place)} ${y(band.high[index + 1])}L${x(before)} ${y(band.high[index])}Z` }));
      });
    }
    for (const line of lines) {
      drawing.append(svg("path", { class: `curve ${line.kind}`, d: pathOf(places, Array.from(line.values), x, y),
        "stroke-dasharray": line.dash }));
    }
    return drawing;
  };

  const legend = (lines) => html("div", { class: "legend", "aria-hidden": "true" }, ...lines.map((line) => html("span", {},
    svg("svg", { viewBox: "0 0 26 9" }, svg("path", { class: `curve ${line.kind}`, d: "M0 4.5H26", "stroke-dasharray": line.dash })),
    line.name)));

  // ── Maps ──

  const colors = bytesOf(page.colors);
  const mapSize = { rows: Math.ceil(page.rows / page.stride), columns: Math.ceil(page.columns / page.stride) };
  const markers = [];

  const paint = (canvas, values, low, high) => {
    canvas.width = mapSize.columns;
    canvas.height = mapSize.rows;
    const context = canvas.getContext("2d");
    const image = context.createImageData(mapSize.columns, mapSize.rows);
    values.forEach((value, place) => {
      if (Number.isNaN(value)) return;
      const shade = Math.round(255 * Math.min(1, Math.max(0, (value - low) / (high - low || 1))));
      image.data.set([colors[3 * shade], colors[3 * shade + 1], colors[3 * shade + 2], 255], 4 * place);
    });
    context.putImageData(image, 0, 0);
  };

  const colorBar = (low, high, isClipped, unit) => {
    const canvas = html("canvas", { width: 256, height: 1, "aria-hidden": "true" });
    const image = canvas.getContext("2d").createImageData(256, 1);
    for (let shade = 0; shade < 256; shade += 1) image.data.set([...colors.slice(3 * shade, 3 * shade + 3), 255], 4 * shade);
    canvas.getContext("2d").putImageData(image, 0, 0);
    return html("div", { class: "bar" }, html("span", {}, short(low)), canvas,
      html("span", {}, `${isClipped ? "≥ " : ""}${short(Number(high.toPrecision(3)))}${unit ? ` ${unit}` : ""}`));
  };

  const map = (title, note, values, { low = 0, high, isClipped = false, unit = "" }) => {
    const canvas = html("canvas");
    paint(canvas, values, low, high);
    const marker = html("div", { class: "marker", "aria-hidden": "true" });
    markers.push(marker);
    const frame = html("div", { class: "frame", tabindex: 0, role: "application", "aria-roledescription": "map",
      "aria-label": `${title}${note ? `, ${note}` : ""}; colours from ${short(low)} to ${short(high)} ${unit}; arrow keys move the pixel` },
      canvas, marker);
    frame.addEventListener("click", (event) => {
      const box = canvas.getBoundingClientRect();
      select(((event.clientY - box.top) / box.height) * page.rows, ((event.clientX - box.left) / box.width) * page.columns);
    });
    frame.addEventListener("keydown", (event) => {
      const step = page.spectraStride * (event.shiftKey ? 10 : 1);
      const move = { ArrowUp: [-step, 0], ArrowDown: [step, 0], ArrowLeft: [0, -step], ArrowRight: [0, step] }[event.key];
      if (!move) return;
      event.preventDefault();
      select(chosen.row + move[0], chosen.column + move[1]);
    });
    return html("figure", { class: "map" }, html("figcaption", {}, html("b", { title }, title), ...(note ? [html("span", {}, note)] : [])), frame,
      colorBar(low, high, isClipped, unit));
  };

  const mapSection = (title, hint, figures) => byId("maps").append(
    html("section", {}, html("h2", {}, title), html("p", { class: "hint" }, hint), html("div", { class: "grid" }, ...figures)));

  const rowsOf = (array) => page.names.map((_, index) => array.values.subarray(index * array.columns, (index + 1) * array.columns));
  const meanOf = (values) => {
    const known = Array.from(values).filter((value) => !Number.isNaN(value));
    return known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length);
  };

  // ── The pixel ──

  let chosen = { row: 0, column: 0 };
  let data;

  const snapped = (value, size) => {
    const stride = page.spectraStride;
    const whole = Math.min(size - 1, Math.max(0, Math.floor(Number.isFinite(value) ? value : 0)));
    return Math.min(whole - (whole % stride), size - 1);
  };

  /** What the page holds of one pixel. */
  const pixelAt = (row, column) => {
    const place = Math.floor(row / page.stride) * mapSize.columns + Math.floor(column / page.stride);
    const spectrumColumns = Math.ceil(page.columns / page.spectraStride);
    const spectrumPlace = Math.floor(row / page.spectraStride) * spectrumColumns + Math.floor(column / page.spectraStride);
    const measured = page.bands.map((_, band) => data.spectra.at(band, spectrumPlace));
    const fit = page.bands.map((_, band) =>
      page.fit.basis.reduce((sum, spectrum, index) => sum + spectrum[band] * data.coefficients.at(index, spectrumPlace), 0));
    const of = (array) => (array ? page.names.map((_, index) => array.at(index, place)) : undefined);
    return { measured, fit, mean: of(data.mean), deviation: of(data.deviation), low: of(data.low), high: of(data.high), truth: of(data.truth) };
  };

  const dot = (left, right) => left.reduce((sum, value, index) => sum + value * right[index], 0);

  const comparison = (measured, fit) => {
    const lengths = Math.sqrt(dot(measured, measured) * dot(fit, fit));
    return { angle: Math.acos(Math.min(1, Math.max(-1, dot(measured, fit) / lengths))),
      error: Math.sqrt(measured.reduce((sum, value, index) => sum + (value - fit[index]) ** 2, 0) / measured.length) };
  };

  /** One sentence; the abundances, which stand in a table for the eye, are for the ear alone. */
  const describe = (pixel, fit) => {
    const interval = (index) => (pixel.low ? ` (${fraction(pixel.low[index])} to ${fraction(pixel.high[index])})` : "");
    const parts = page.names.map((name, index) => `${name} ${fraction(pixel.mean[index])}${interval(index)}`);
    const brightness = fit.factor === 1 ? "" : `, brightness × ${short(fit.factor)}`;
    return [`Row ${chosen.row}, column ${chosen.column}: `, html("span", { class: "unseen" }, `${parts.join(", ")}. `),
      `fit at an angle of ${short(fit.angle)} rad, RMSE ${short(fit.error)}${brightness}.`];
  };

  /** Mean, interval and truth on a line from 0 to 1. */
  const strip = (pixel, index) => {
    const at = (value) => 4 + 192 * Math.min(1, Math.max(0, value));
    const drawing = svg("svg", { viewBox: "0 0 200 22", "aria-hidden": "true" },
      svg("line", { class: "rule", x1: 4, x2: 196, y1: 11, y2: 11, "stroke-width": 2 }));
    if (pixel.low) {
      drawing.append(svg("line", { x1: at(pixel.low[index]), x2: at(pixel.high[index]), y1: 11, y2: 11, stroke: "var(--fit)", "stroke-width": 6,
        "stroke-opacity": 0.45, "stroke-linecap": "round" }));
    }
    drawing.append(svg("circle", { cx: at(pixel.mean[index]), cy: 11, r: 4.5, fill: "var(--fit)" }));
    if (pixel.truth && !Number.isNaN(pixel.truth[index])) {
      drawing.append(svg("line", { x1: at(pixel.truth[index]), x2: at(pixel.truth[index]), y1: 2, y2: 20, stroke: "var(--truth)", "stroke-width": 2.5 }));
    }
    return drawing;
  };

  const showPosterior = (pixel) => {
    const [low, high] = page.interval ?? [];
    const head = ["endmember", "", "mean", ...(pixel.low ? [`${100 * low}–${100 * high} %`] : []),
      ...(pixel.deviation ? ["sd"] : []), ...(pixel.truth ? ["truth"] : [])];
    const table = html("table", {}, html("thead", {}, html("tr", {}, ...head.map((text, index) =>
      html("th", { class: index > 1 ? "number" : undefined, scope: "col" }, text)))));
    const body = html("tbody");
    page.names.forEach((name, index) => {
      const cells = [fraction(pixel.mean[index]), ...(pixel.low ? [`${fraction(pixel.low[index])}–${fraction(pixel.high[index])}`] : []),
        ...(pixel.deviation ? [fraction(pixel.deviation[index])] : []), ...(pixel.truth ? [fraction(pixel.truth[index])] : [])];
      body.append(html("tr", {}, html("th", { scope: "row" }, name), html("td", { class: "strip" }, strip(pixel, index)),
        ...cells.map((text) => html("td", { class: "number" }, text))));
    });
    table.append(body);
    const keys = html("p", { class: "hint" }, `● ${page.meanTitle}${pixel.low ? ", bar: the interval" : ""}${pixel.truth ? ", upright line: truth" : ""}`);
    byId("posterior").replaceChildren(table, keys);
  };

  const showSpectra = (pixel, fit) => {
    const lines = [{ name: "measured", kind: "measured", values: pixel.measured },
      { name: page.fit.title, kind: "fitted", values: fit.values, dash: "6 3" }];
    const common = { places: page.bands, across: page.bandTitle, width: 500 };
    byId("spectrum").replaceChildren(plot({ ...common, lines, upwards: "reflectance", height: 240,
      label: `Measured spectrum of the pixel and its fit over ${page.bands.length} bands` }), legend(lines));
    byId("residual").replaceChildren(plot({ ...common, upwards: "residual", height: 130, zero: true, label: "Measured minus fit",
      lines: [{ kind: "measured", values: pixel.measured.map((value, index) => value - fit.values[index]) }] }));
  };

  const show = () => {
    const pixel = pixelAt(chosen.row, chosen.column);
    byId("row").value = chosen.row;
    byId("column").value = chosen.column;
    const across = 100 * (chosen.column + 0.5 * page.stride) / (mapSize.columns * page.stride);
    const down = 100 * (chosen.row + 0.5 * page.stride) / (mapSize.rows * page.stride);
    for (const marker of markers) marker.style.cssText = `left: ${across}%; top: ${down}%`;
    if (Number.isNaN(pixel.mean[0]) || Number.isNaN(pixel.measured[0])) {
      byId("pixel-text").textContent = `Row ${chosen.row}, column ${chosen.column}: masked, not unmixed.`;
      for (const id of ["spectrum", "residual", "posterior"]) byId(id).replaceChildren();
      return;
    }
    const isScaled = byId("brightness").checked;
    const factor = isScaled ? dot(pixel.measured, pixel.fit) / (dot(pixel.fit, pixel.fit) || 1) : 1;
    const values = pixel.fit.map((value) => factor * value);
    const fit = { values, factor, ...comparison(pixel.measured, values) };
    byId("pixel-text").replaceChildren(...describe(pixel, fit));
    showSpectra(pixel, fit);
    showPosterior(pixel);
  };

  function select(row, column) {
    chosen = { row: snapped(row, page.rows), column: snapped(column, page.columns) };
    try { history.replaceState(null, "", `#row=${chosen.row}&column=${chosen.column}`); } catch { /* some viewers forbid it */ }
    show();
  }

  // ── Sections ──

  const showHeader = () => {
    byId("title").textContent = page.title;
    byId("subtitle").textContent = page.subtitle;
    byId("cards").append(...page.cards.map((card) => html("div", { class: "card" }, html("b", {}, card.value), html("span", {}, card.name))));
    byId("remarks").append(...page.remarks.map((remark) => html("p", { class: "notice" }, remark)));
  };

  const showMaps = () => {
    const average = (rows) => rows.map((values) => `mean ${short(Number(meanOf(values).toPrecision(3)))}`);
    const means = rowsOf(data.mean);
    const notes = average(means);
    mapSection("Abundances", `${page.meanTitle}, from 0 to 1.`, page.names.map((name, index) => map(name, notes[index], means[index], { high: 1 })));
    if (data.deviation) {
      const rows = rowsOf(data.deviation);
      const high = Math.max(quantile(data.deviation.values, 0.995), 1e-6);
      const notes = average(rows);
      mapSection("Uncertainty", "Posterior standard deviation of every abundance.", page.names.map((name, index) =>
        map(`${name}, sd`, notes[index], rows[index], { high, isClipped: true })));
    }
    if (data.truth) {
      const rows = rowsOf(data.truth).map((truth, index) => truth.map((value, place) => Math.abs(means[index][place] - value)));
      const high = Math.max(...rows.map((values) => quantile(values, 0.995) || 0), 1e-6);
      const notes = average(rows);
      mapSection("Error", `|${page.meanTitle} − true abundance|. Public "ground truths" are themselves an algorithm's output.`,
        page.names.map((name, index) => map(name, notes[index], rows[index], { high, isClipped: true })));
    }
    if (data.pixelMaps.length > 0) {
      mapSection("Fit and evidence", "One number for every pixel.", data.pixelMaps.map((entry) => map(entry.title, "", entry.array.values,
        { high: Math.max(quantile(entry.array.values, 0.99), 1e-12), isClipped: true, unit: entry.unit })));
    }
  };

  const showEndmembers = () => {
    const { estimated, reference, pure, angles } = page.endmembers ?? {};
    byId("endmembers-section").hidden = !estimated;
    if (!estimated) return;
    byId("endmembers-hint").textContent = page.endmembers.hint;
    const unit = (spectrum) => {
      const length = Math.sqrt(dot(spectrum, spectrum) / spectrum.length);
      return spectrum.map((value) => value / (length || 1));
    };
    const kinds = [{ name: "estimate", kind: "fitted", spectra: estimated }, { name: "reference", kind: "reference", spectra: reference, dash: "7 3" },
      { name: "mean of the purest pixels", kind: "pure", spectra: pure, dash: "2 3" }].filter((kind) => kind.spectra);
    byId("endmembers").append(...page.names.map((name, index) => {
      const lines = kinds.filter((kind) => kind.spectra[index]).map((kind) => ({ ...kind, values: unit(kind.spectra[index]) }));
      const angle = angles?.[index];
      const heading = `${name}${angle === null || angle === undefined ? "" : ` · ${short(angle)} rad`}`;
      return html("figure", {}, plot({ label: `Endmember ${heading}: ${lines.map((line) => line.name).join(", ")}`, heading, places: page.bands,
        lines, across: page.bandTitle, upwards: "relative reflectance", width: 420, height: 220 }));
    }));
    byId("endmembers-legend").append(legend(kinds));
  };

  const showCurves = () => {
    byId("residuals-hint").textContent = page.residuals.hint;
    byId("residuals").append(plot({ label: "Mean residual of every band with the middle 90 % of pixels", places: page.bands,
      lines: [{ kind: "fitted", values: page.residuals.mean }], band: { low: page.residuals.low, high: page.residuals.high }, across: page.bandTitle,
      upwards: "measured − fit", zero: true }));
    byId("curve-section").hidden = !page.curve;
    if (!page.curve) return;
    const { title, hint, across, places, values } = page.curve;
    const known = values.filter((value) => value !== null);
    const logarithmic = Math.min(...known) > 0 && Math.max(...known) > 100 * Math.min(...known);
    byId("curve-title").textContent = title;
    byId("curve-hint").textContent = `${hint}${logarithmic ? " Logarithmic axis." : ""}`;
    byId("curve").append(plot({ label: title, places, lines: [{ kind: "fitted", values }], across, upwards: title.toLowerCase(), logarithmic }));
  };

  const metricTable = (table, metrics) => {
    const hasTest = metrics.some((metric) => metric.test !== undefined);
    const columns = ["metric", "all pixels", ...(hasTest ? ["held-out pixels"] : []), "unit", "what it is"];
    const isNumber = (index) => index === 1 || (hasTest && index === 2);
    const head = columns.map((text, index) => html("th", { scope: "col", class: isNumber(index) ? "number" : undefined }, text));
    const rows = metrics.map((metric) => html("tr", {}, html("td", {}, html("code", {}, metric.id)),
      ...[metric.all, ...(hasTest ? [metric.test] : [])].map((value) => html("td", { class: "number" }, short(value))),
      html("td", {}, metric.unit), html("td", {}, `${metric.title}: ${metric.formula}`)));
    table.append(html("thead", {}, html("tr", {}, ...head)), html("tbody", {}, ...rows));
  };

  const showTables = () => {
    byId("metrics-section").hidden = page.metrics.length === 0;
    const [main, details] = [false, true].map((isDetail) => page.metrics.filter((metric) => metric.isDetail === isDetail));
    metricTable(byId("metrics"), main);
    metricTable(byId("details"), details);
    byId("more-metrics").hidden = details.length === 0;
    byId("metric-remarks").append(...page.metricRemarks.map((text) => html("li", {}, text)));
    byId("facts").append(html("tbody", {}, ...page.facts.map((fact) => html("tr", {}, html("th", { scope: "row" }, fact.name), html("td", {}, fact.value)))));
    byId("configuration").textContent = page.configuration;
    byId("thinning").textContent = page.thinning;
  };

  const setUpTheme = () => {
    const system = matchMedia("(prefers-color-scheme: dark)");
    const choices = ["system", "light", "dark"];
    let choice = "system";
    try { choice = localStorage.getItem("alunite-theme") ?? choice; } catch { /* files may have no storage */ }
    const apply = () => {
      document.documentElement.dataset.theme = choice === "system" ? (system.matches ? "dark" : "light") : choice;
      byId("theme").textContent = { system: "◐ as the system", light: "☀ light", dark: "☾ dark" }[choice];
      byId("theme").setAttribute("aria-label", `Colours: ${choice}`);
    };
    byId("theme").addEventListener("click", () => {
      choice = choices[(choices.indexOf(choice) + 1) % 3];
      try { localStorage.setItem("alunite-theme", choice); } catch { /* as above */ }
      apply();
    });
    system.addEventListener("change", apply);
    apply();
  };

  const setUpPixel = () => {
    byId("brightness").checked = page.fit.isScaled;
    byId("brightness").addEventListener("change", show);
    byId("row").max = page.rows - 1;
    byId("column").max = page.columns - 1;
    const typed = () => select(Number(byId("row").value), Number(byId("column").value));
    byId("row").addEventListener("change", typed);
    byId("column").addEventListener("change", typed);
    byId("place").addEventListener("submit", (event) => { event.preventDefault(); typed(); });
    const asked = new URLSearchParams(location.hash.slice(1));
    if (asked.has("row")) select(Number(asked.get("row")), Number(asked.get("column")));
    else { chosen = { row: snapped(page.rows / 2, page.rows), column: snapped(page.columns / 2, page.columns) }; show(); }
  };

  setUpTheme();
  try {
    showHeader();
    const optional = async (array) => (array ? decoded(array) : undefined);
    data = { mean: await decoded(page.mean), deviation: await optional(page.deviation), low: await optional(page.low), high: await optional(page.high),
      truth: await optional(page.truth), spectra: await decoded(page.spectra), coefficients: await decoded(page.fit.coefficients),
      pixelMaps: await Promise.all(page.pixelMaps.map(async (entry) => ({ ...entry, array: await decoded(entry.array) }))) };
    showMaps();
    showEndmembers();
    showCurves();
    showTables();
    setUpPixel();
    document.documentElement.dataset.ready = "true";
  } catch (error) {
    byId("failure").textContent = `This page cannot be drawn here: ${error.message}. It needs a browser of 2023 or later.`;
    byId("failure").hidden = false;
  }
})();
