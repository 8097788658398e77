# Derivative, where it is subnormal: scaled so that 1 is the smallest normal number of the result.
# Refused with 1.99 for 2.01.
@rnd = float<ieee_64, ne>;
@result = float<53, -52, ne>;

s = rnd(one + a);
r = rnd(1 / s);
y = result(r * r);

t = one + a;
exact = 1 / (t * t);

{ t in [1, 1b500] -> |(y - exact) / 1b-52| <= 2.01 }

y - exact -> (y - r * r) + (r * r - exact);
r * r - exact -> (r - 1 / t) * (r + 1 / t) { t <> 0 };
r - 1 / t -> (r - 1 / s) + (1 / s - 1 / t);
1 / s - 1 / t -> -(1 / s) * ((s - t) / t) { s <> 0, t <> 0 };
