"""What can be painted and what paints it: plain values outside, torch in `pipeline.gpu` alone."""
