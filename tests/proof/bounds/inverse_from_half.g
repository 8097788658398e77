# Inverse from 1/2 on: the subtraction is exact.
# Refused with 0.49 for 0.5.
@rnd = float<ieee_64, ne>;

a = rnd(any);
s = rnd(1 - a);

{ a in [0.5, 1] -> |s - (1 - a)| <= 0 }
