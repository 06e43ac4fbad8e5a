"""Our own receipts: that a run took place, what was judged and what came of it, without anything of the customer's."""
