"""Prints the reference values of BesselTests: K_nu(x) by mpmath's own algorithm with 40 digits.

    pip install mpmath && python3 bessel.py
"""
from mpmath import besselk, mp, nstr

mp.dps = 40
for order in ["0", "0.3", "0.5", "1", "1.5", "2", "2.5", "3.7", "10"]:
    for x in ["0.001", "0.1", "1", "3.5", "20", "300"]:
        print(f"    ({order}, {x}, {nstr(besselk(mp.mpf(order), mp.mpf(x)), 17)}),")
