# Second derivative of a positive x: y = -2 ((r r) r), with s = one + a in [one, 2 one) scaled by a
# power of two to [1, 2). Its exact value passes a power of two at two cube roots; the floats beside
# them are tried one by one.
# Refused with 5.56 for 5.57.
@rnd = float<ieee_64, ne>;

s = rnd(one + a);
r = rnd(1 / s);
square = rnd(r * r);
cube = rnd(square * r);
y = rnd(-2 * cube);

t = one + a;
exact = -2 / (t * t * t);

{ (t in [1, 1.259921049894872] -> |(y - exact) / 1b-52| <= 5.57) /\
  (t in [1.259921049894874, 1.587401051968198] -> |(y - exact) / 1b-53| <= 5.57) /\
  (t in [1.587401051968200, 2] -> |(y - exact) / 1b-54| <= 5.57) }

y - exact -> (y - -2 * cube) + -2 * ((cube - square * r) + (square * r - 1 / (t * t * t))) { t <> 0 };
square * r -> 1 / (t * t * t) + (square * r - 1 / (t * t * t));
square * r - 1 / (t * t * t) -> (square - r * r) * r + (r * r * r - 1 / (t * t * t));
r * r * r - 1 / (t * t * t) -> (r - 1 / t) * (r * r + r / t + 1 / (t * t)) { t <> 0 };
r - 1 / t -> (r - 1 / s) + (1 / s - 1 / t);
1 / s - 1 / t -> -(s - t) / (s * t) { s <> 0, t <> 0 };
