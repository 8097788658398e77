# Forward: y = n / s, with s = one + a in [one, 2 one) scaled by a power of two to [1, 2), and the
# numerator n = a by another one, so that the exact quotient is in [1, 2).
# Refused with 1.49 for 1.5.
@rnd = float<ieee_64, ne>;

s = rnd(one + a);
y = rnd(n / s);

t = one + a;
exact = n / t;

{ t in [1, 2] /\ exact in [1, 2] /\ n / s in [0.5, 2] -> |(y - exact) / 1b-52| <= 1.5 }

y - exact -> (y - n / s) + (n / s - exact);
n / s - exact -> -exact * ((s - t) / s) { s <> 0, t <> 0 };
