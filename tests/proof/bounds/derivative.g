# Derivative: y = r r, with s = one + a in [one, 2 one) scaled by a power of two to [1, 2). Its
# exact value passes a power of two at the root of 2; the floats beside it are tried one by one.
# Refused with 3.49 for 3.51.
@rnd = float<ieee_64, ne>;

s = rnd(one + a);
r = rnd(1 / s);
y = rnd(r * r);

t = one + a;
exact = 1 / (t * t);

{ (t in [1, 1.414213562373094] -> |(y - exact) / 1b-53| <= 3.51) /\
  (t in [1.414213562373096, 2] -> |(y - exact) / 1b-54| <= 3.51) }

y - exact -> (y - r * r) + (r * r - exact);
r * r -> exact + (r * r - exact);
r * r - exact -> (r - 1 / t) * (r + 1 / t) { t <> 0 };
r - 1 / t -> (r - 1 / s) + (1 / s - 1 / t);
1 / s - 1 / t -> -(s - t) / (s * t) { s <> 0, t <> 0 };
