"""The ledger in the forms that others read; grade, disputes and replies stand beside each claim."""
