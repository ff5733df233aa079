/// Timings of whole workloads, with the machine's limits measured beside them.
package org.octolift.apps.bench;
