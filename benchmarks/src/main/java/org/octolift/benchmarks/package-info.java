/// JMH benchmarks of the hot loops. Every one checks its result.
package org.octolift.benchmarks;
