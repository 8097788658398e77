# The first step of quotient() in float64: from r = 1 / s, rounded correctly, with s and the exact
# quotient scaled into [1, 2). It leads so near that the second step is from a faithful quotient.
# Refused with 0.499 for 0.500001.
@rnd = float<ieee_64, ne>;

r = rnd(1 / s);
product = rnd(n * r);
residual = rnd(product * s - n);
q = rnd(product - residual * r);

exact = n / s;

{ s in [1, 2] /\ exact in [1, 2] /\ product - residual * r in [0.5, 2] ->
  |(q - exact) / 1b-52| <= 0.500001 }

q - exact -> (q - (product - residual * r)) + (product - residual * r - exact);
product - residual * r - exact -> (1 - s * r) * (product - exact) - r * (residual - (product * s - n)) { s <> 0 };
1 - s * r -> -s * (r - 1 / s) { s <> 0 };
product * s - n -> s * (product - exact) { s <> 0 };
product - exact -> (product - n * r) + exact * (s * (r - 1 / s)) { s <> 0 };
n * r -> exact * (s * r) { s <> 0 };
s * r -> 1 + s * (r - 1 / s) { s <> 0 };
