"""Prove what is proposed, or reject it with a reason; read verifier.py first."""
