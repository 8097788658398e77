# 1 / s by estimate in float32, s scaled into [1, 2]: r is the estimate, within 1.5 * 2^-12. Before
# its last rounding the refined reciprocal is within 2^-9 ulp of 1 / s; with the bias it is not below
# 1 / s, and within 2^-8 ulp.
# Refused with 1b-11 for 3b-13.
@rnd = float<ieee_32, ne>;

e = rnd(s * r - 1);
step = rnd(e - e * e);
biased = rnd(step - 1b-33);
refined = rnd(r - r * step);
refined_with_bias = rnd(r - r * biased);

error = s * r - 1;

{ s in [1, 2] /\ error in [-3b-13, 3b-13] /\ r in [0.499, 1.001] ->
  r - r * step - 1 / s in [-1b-33, 1b-33] /\
  r - r * biased - 1 / s in [0, 1b-32] }

r - r * step - 1 / s -> error * error * error / s - r * (step - (error - error * error)) { s <> 0 };
r - r * biased - 1 / s -> (r - r * step - 1 / s) - r * (biased - step);
step - (error - error * error) -> (step - (e - e * e)) + (e - error) * (1 - e - error);
biased - step -> (biased - (step - 1b-33)) - 1b-33;
$ s in 8;
