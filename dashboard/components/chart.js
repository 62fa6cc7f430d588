// One figure, drawn once and then changed in place. Plotly is loaded once a page, from this host, by the first figure.

const DRAWN = new WeakMap();

function plotly(address) {
  globalThis.rtuPlotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve(globalThis.Plotly);
    script.onerror = () => reject(new Error(`${address} was not served`));
    document.head.append(script);
  });
  return globalThis.rtuPlotly;
}

// The text is in the ink and the type of the page, light or dark; the ground is the page's own.
function inTheme({ data, layout }, place) {
  const style = getComputedStyle(place);
  const ink = style.getPropertyValue("--st-text-color");
  const font = { ...layout.font, color: ink, family: style.getPropertyValue("--st-font") };
  return { data, layout: { ...layout, font, modebar: { bgcolor: "transparent", color: ink, activecolor: ink } } };
}

// One picture with a text; its parts say nothing of their own.
function describe(place, alt) {
  const [first, ...others] = place.querySelectorAll(".main-svg");
  first.setAttribute("role", "img");
  first.setAttribute("aria-label", alt);
  others.forEach((layer) => layer.setAttribute("aria-hidden", "true"));
}

function begin(Plotly, place) {
  const width = new ResizeObserver(() => {
    if (place.offsetWidth && place._fullLayout && place.offsetWidth !== place._fullLayout.width) Plotly.Plots.resize(place);
  });
  width.observe(place);
  const state = { told: () => {}, end: () => { width.disconnect(); Plotly.purge(place); } };
  DRAWN.set(place, state);
  return state;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const place = parentElement.querySelector(".rtu-chart");
  const { figure, config, alt, library, clickable } = data;
  let ended = false;
  place.style.minHeight = `${figure.layout.height}px`;
  plotly(library).then(async (Plotly) => {
    if (ended) return;
    const known = DRAWN.get(place);
    const state = known ?? begin(Plotly, place);
    const themed = inTheme(figure, place);
    await Plotly.react(place, themed.data, themed.layout, config);
    describe(place, alt);
    state.told = (mark) => clickable && setTriggerValue("mark", mark);
    if (!known) place.on("plotly_click", ({ points }) => state.told(points[0].customdata ?? null));
  });
  return () => {
    ended = true;
    DRAWN.get(place)?.end();
    DRAWN.delete(place);
  };
}
