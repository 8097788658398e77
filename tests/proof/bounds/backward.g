# Backward: y = (grad r) r, with s = one + a in [one, 2 one) scaled by a power of two to [1, 2), and
# grad by another one, so that the exact value is in [1, 2). bounds.py takes the pieces one by one.
# Refused with 4.49 for 4.51.
@rnd = float<ieee_64, ne>;

s = rnd(one + a);
r = rnd(1 / s);
product = rnd(grad * r);
y = rnd(product * r);

t = one + a;
exact = grad / (t * t);

{ t in [1, 2] /\ exact in [1, 2] /\ product * r in [0.5, 2] -> |(y - exact) / 1b-52| <= 4.51 }

y - exact -> (y - product * r) + (product * r - exact);
product * r - exact -> (product - grad * r) * r + (exact * (t * t)) * (r * r - 1 / (t * t)) { t <> 0 };
r * r - 1 / (t * t) -> (r - 1 / t) * (r + 1 / t) { t <> 0 };
r - 1 / t -> (r - 1 / s) + (1 / s - 1 / t);
1 / s - 1 / t -> -(s - t) / (s * t) { s <> 0, t <> 0 };
grad * r -> (exact * t) * (1 + (r - 1 / t) * t) { t <> 0 };
$ t in (1.001, 1.0025, 1.005, 1.009, 1.0155, 1.026, 1.043, 1.07, 1.1, 1.15, 1.2, 1.25, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 1.999);
