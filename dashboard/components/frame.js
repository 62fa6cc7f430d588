// The head of a card, its views, and its figure, which is drawn once and then changed in place. Plotly is loaded once a
// page, from this host, by the first figure.

const STATES = new WeakMap();

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

// The text is in the ink of the page, light or dark; the ground is the page's own.
function inTheme(layout, place) {
  const ink = getComputedStyle(place).getPropertyValue("--st-text-color");
  const modebar = { bgcolor: "transparent", color: ink, activecolor: ink };
  return { ...layout, font: { ...layout.font, color: ink }, modebar };
}

// One picture with a text; its parts say nothing of their own.
function describe(chart, alt) {
  const [first, ...others] = chart.querySelectorAll(".main-svg");
  first.setAttribute("role", "img");
  first.setAttribute("aria-label", alt);
  others.forEach((layer) => layer.setAttribute("aria-hidden", "true"));
}

function begin(place) {
  const chart = place.querySelector(".rtu-chart");
  const state = { drawn: false, ended: false, mark: () => {} };
  state.width = new ResizeObserver(() => {
    const { offsetWidth } = chart;
    if (state.drawn && offsetWidth && offsetWidth !== chart._fullLayout.width) state.Plotly.Plots.resize(chart);
  });
  state.width.observe(chart);
  STATES.set(place, state);
  return state;
}

async function draw(state, place, { figure, alt, config, library }) {
  const chart = place.querySelector(".rtu-chart");
  state.wanted = figure;
  chart.style.minHeight = `${figure.layout.height}px`;
  state.Plotly = await plotly(library);
  if (state.ended || state.wanted !== figure) return;
  await state.Plotly.react(chart, figure.data, inTheme(figure.layout, chart), config);
  describe(chart, alt);
  if (!state.drawn) chart.on("plotly_click", ({ points: [point] }) => state.mark(point.customdata ?? point.data.customdata?.[0]));
  state.drawn = true;
}

function views(place, { title, views: names, view }, choose) {
  const bar = place.querySelector(".rtu-views");
  bar.setAttribute("aria-label", title);
  const kept = [...bar.children];
  if (kept.map((button) => button.textContent).join() !== Object.values(names).join()) {
    bar.replaceChildren(...Object.entries(names).map(([name, label]) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", name, textContent: label });
      return button;
    }));
  }
  for (const button of bar.children) {
    button.setAttribute("aria-pressed", String(button.name === view));
    button.onclick = () => choose(button.name);
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const place = parentElement.querySelector(".rtu-card");
  const state = STATES.get(place) ?? begin(place);
  for (const part of ["title", "subtitle", "note"]) place.querySelector(`.rtu-${part}`).textContent = data[part];
  views(place, data, (name) => setTriggerValue("view", name));
  place.querySelector("figure").hidden = !data.figure;
  state.mark = (held) => held?.[1] && setTriggerValue("mark", held[1]);
  if (data.figure) draw(state, place, data);
  return () => {
    state.ended = true;
    state.width.disconnect();
    if (state.drawn) state.Plotly.purge(place.querySelector(".rtu-chart"));
    STATES.delete(place);
  };
}
