"""The same four charts in Panel, their data ready: four panes, each given its next figure."""

import json
import os
import sys
from pathlib import Path

import panel

figures = json.loads(Path(os.environ["BENCHMARK_FIGURES"]).read_text(encoding="utf-8"))
panel.extension("plotly")


def page() -> panel.Column:
    """The page of one session."""
    chosen = panel.widgets.RadioBoxGroup(options=list(figures), value=next(iter(figures)), inline=True)
    panes = [panel.pane.Plotly(figure, sizing_mode="stretch_width") for figure in figures[chosen.value]]

    def change(event: object) -> None:
        for pane, figure in zip(panes, figures[event.new], strict=True):
            pane.object = figure

    chosen.param.watch(change, "value")
    return panel.Column(chosen, panel.GridBox(*panes, ncols=2, sizing_mode="stretch_width"))


panel.serve(page, port=int(sys.argv[1]), address="127.0.0.1", show=False)
