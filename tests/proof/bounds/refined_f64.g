# 1 / s by estimate in float64, s scaled into [1, 2]: r is the estimate, within 6146 * 2^-24. Before
# its last rounding the refined reciprocal is within 2^-15 ulp of 1 / s, with the bias not below it.
# Refused with 7000b-24 for 6146b-24.
@rnd = float<ieee_64, ne>;

e = rnd(s * r - 1);
step = rnd(e - e * e);
first = rnd(r - r * step);
rest = rnd(s * first - 1);
biased = rnd(rest - 1b-68);
refined = rnd(first - first * rest);
refined_with_bias = rnd(first - first * biased);

error = s * r - 1;
exact_rest = s * first - 1;

{ s in [1, 2] /\ error in [-6146b-24, 6146b-24] /\ r in [0.499, 1.001] ->
  s * (first - first * rest) - 1 in [-1b-68, 1b-80] /\
  s * (first - first * biased) - 1 in [0, 33b-73] }

exact_rest -> error * error * error + s * (first - (r - r * step)) - s * r * (step - (error - error * error));
step - (error - error * error) -> (step - (e - e * e)) + (e - error) * (1 - e - error);
s * (first - first * rest) - 1 -> -(exact_rest * exact_rest) - s * first * (rest - exact_rest);
s * (first - first * biased) - 1 -> (s * (first - first * rest) - 1) - s * first * (biased - rest);
biased - rest -> (biased - (rest - 1b-68)) - 1b-68;
s * first -> 1 + exact_rest;
$ s in 8;
