"""An oracle of the tie-out: both servers' raw answers, laid out as an auditor would on sheets, and every figure worked out anew. It imports nothing of the product."""
