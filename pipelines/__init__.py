"""From an export to a release, and from a release to figures.

Nothing here knows of screens: `streamlit` and `plotly` stay in the dashboard.
"""
