# The first step of quotient() in float64: from r, the rounded reciprocal, exact or by estimate, with
# s and the exact quotient scaled into [1, 2). It leads so near that the second step is from a
# faithful quotient.
# Refused with 0.499 for 0.500001.
@rnd = float<ieee_64, ne>;

r = rnd(reciprocal);
product = rnd(n * r);
residual = rnd(product * s - n);
q = rnd(product - residual * r);

exact = n / s;

{ s in [1, 2] /\ s * reciprocal - 1 in [-1b-68, 33b-73] /\ exact in [1, 2] /\
  product - residual * r in [0.5, 2] -> |(q - exact) / 1b-52| <= 0.500001 }

q - exact -> (q - (product - residual * r)) + (product - residual * r - exact);
product - residual * r - exact -> -(s * r - 1) * (product - exact) - r * (residual - (product * s - n)) { s <> 0 };
s * r - 1 -> s * (r - reciprocal) + (s * reciprocal - 1);
reciprocal -> (1 + (s * reciprocal - 1)) / s { s <> 0 };
product * s - n -> s * (product - exact) { s <> 0 };
product - exact -> (product - n * r) + exact * (s * r - 1) { s <> 0 };
n * r -> exact * (1 + (s * r - 1)) { s <> 0 };
