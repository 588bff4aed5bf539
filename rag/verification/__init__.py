"""What is proposed is proven here, or rejected with a reason; read verifier.py first."""
