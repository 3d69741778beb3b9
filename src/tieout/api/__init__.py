"""HTTP inwards: webhooks, health, status."""
