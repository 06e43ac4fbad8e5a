"""One rule a file, pure: `check(case)` judges the order, `check_plan(case, proposal)` the plan made for a server."""
