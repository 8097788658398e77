"""All faults that mutate.py tries, in this order."""

import faults_around
import faults_in_command_line
import faults_in_isas
import faults_in_kernels
import faults_in_neon

FAULTS = [
    *faults_in_kernels.FAULTS,
    *faults_in_isas.FAULTS,
    *faults_in_neon.FAULTS,
    *faults_around.FAULTS,
    *faults_in_command_line.FAULTS,
]
