# 1 / s by estimate for bfloat16, in float32, s scaled into [1, 2]: r is the estimate, within
# 1.5 * 2^-12. Before its rounding the refined reciprocal is at most 9 * 2^-26 below 1 / s, the square
# of that, or above it, but for 2^-35.
# Refused with 4607b-35 for 4609b-35.
@rnd = float<ieee_32, ne>;

e = rnd(s * r - 1);
refined = rnd(r - r * e);

error = s * r - 1;

{ s in [1, 2] /\ error in [-3b-13, 3b-13] /\ r in [0.499, 1.001] ->
  s * (r - r * e) - 1 in [-4609b-35, 1b-35] }

s * (r - r * e) - 1 -> -(error * error) - s * r * (e - error);
