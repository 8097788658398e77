# Second derivative, where it is subnormal: scaled so that 1 is the smallest normal number of the
# result.
# Refused with 3.83 for 3.85.
@rnd = float<ieee_64, ne>;
@result = float<53, -52, ne>;

s = rnd(one + a);
r = rnd(1 / s);
square = rnd(r * r);
cube = result(square * r);
y = result(-2 * cube);

t = one + a;
exact = -2 / (t * t * t);

{ t in [1.2599, 1b300] -> |(y - exact) / 1b-52| <= 3.85 }

y - exact -> (y - -2 * cube) + -2 * ((cube - square * r) + (square * r - 1 / (t * t * t))) { t <> 0 };
square * r - 1 / (t * t * t) -> (square - r * r) * r + (r * r * r - 1 / (t * t * t));
r * r * r - 1 / (t * t * t) -> (r - 1 / t) * (r * r + r / t + 1 / (t * t)) { t <> 0 };
r - 1 / t -> (r - 1 / s) + (1 / s - 1 / t);
1 / s - 1 / t -> -(1 / s) * ((s - t) / t) { s <> 0, t <> 0 };
