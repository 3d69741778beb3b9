"""HTTP inwards: webhooks and health."""
