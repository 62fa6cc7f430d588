"""The same four charts in Dash, their data ready: one callback, four figures."""

import json
import os
import sys
from pathlib import Path

from dash import Dash, Input, Output, dcc, html

figures = json.loads(Path(os.environ["BENCHMARK_FIGURES"]).read_text(encoding="utf-8"))
app = Dash(__name__, serve_locally=True)
charts = [dcc.Graph(id=f"chart-{place}", figure=figure) for place, figure in enumerate(next(iter(figures.values())))]
grid = html.Div(charts, style={"display": "grid", "gridTemplateColumns": "1fr 1fr"})
app.layout = html.Div([dcc.RadioItems(list(figures), next(iter(figures)), id="filter", inline=True), grid])


@app.callback([Output(f"chart-{place}", "figure") for place in range(4)], Input("filter", "value"))
def change(value: str) -> list[dict[str, object]]:
    """The four figures of a value of the filter."""
    return list(figures[value])


app.run(host="127.0.0.1", port=int(sys.argv[1]), debug=False)
