# Inverse below 1/2: y = n / s, with the numerator n = a scaled by a power of two, so that the exact
# quotient is in [1, 2).
# Refused with 1.49 for 1.5.
@rnd = float<ieee_64, ne>;

s = rnd(one - a);
y = rnd(n / s);

t = one - a;
exact = n / t;

{ one in [1, 1] /\ a in [0, 0.5] /\ exact in [1, 2] /\ n / s in [0.5, 2] ->
  |(y - exact) / 1b-52| <= 1.5 }

y - exact -> (y - n / s) + (n / s - exact);
n / s - exact -> -exact * ((s - t) / s) { s <> 0, t <> 0 };
