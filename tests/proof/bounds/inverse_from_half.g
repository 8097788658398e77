# Inverse from 1/2 on: y = n / s, with the numerator n = a scaled by a power of two, so that the
# quotient is in [1, 2). The subtraction is exact, and the division rounds once.
# Refused with 0.49 for 0.5.
@rnd = float<ieee_64, ne>;

a = rnd(any);
s = rnd(1 - a);
y = rnd(n / s);

{ a in [0.5, 1] /\ n / s in [1, 2] -> s - (1 - a) in [0, 0] /\ |y - n / s| <= 1b-53 }
