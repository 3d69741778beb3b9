"""The nouns: what an invoice, a payment, an amount of money is; no rule about them."""
