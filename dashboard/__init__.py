"""The screens. Nothing here counts: every figure comes from the pipelines through `data`."""
