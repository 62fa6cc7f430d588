"""Page: the monthly return to the regulator, from the locked release to the sealed pack, and its history."""

from dashboard import components

components.page_title("monthly_return")
month = components.return_month()
if month:
    components.return_packs(month)
    components.return_steps(month)
    components.return_history()
    components.return_comparison()
