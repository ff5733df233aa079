/// Times of the GPU kernels on TornadoVM's default device, each checked on a sample. Not JMH: a
/// kernel is compiled by TornadoVM, not by the JVM, and one launch takes long enough to be timed.
package org.octolift.benchmarks.gpu;
